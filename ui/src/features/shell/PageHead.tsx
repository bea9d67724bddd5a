import { Pause, Play } from "lucide-react"
import { useEffect, useRef, type ReactNode } from "react"
import { setPaused, useAwaySince, usePaused } from "../../api/live"
import { join, quiet } from "../../components/classes"
import { Copy } from "../../components/Copy"

let firstPage = true

/** The head of a page: its title (which has the focus after a change of pages), figures, and its live sign. */
export function PageHead({
  title,
  lead,
  children,
  heading,
}: {
  title: string
  heading?: ReactNode
  lead?: ReactNode
  children?: ReactNode
}) {
  const place = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    // On the first page the browser's own focus is right; later the heading says where one has come to.
    if (!firstPage) place.current?.focus({ preventScroll: true })
    firstPage = false
  }, [])
  useEffect(() => {
    document.title = `${title} · Baserun`
  }, [title])
  return (
    <header className="flex min-h-12 shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-b border-hairline px-4 py-1.5">
      <h1 ref={place} tabIndex={-1} className="min-w-0 truncate text-title font-semibold">
        {heading ?? title}
      </h1>
      {lead}
      <div className="ml-auto flex min-w-0 flex-wrap items-center justify-end gap-1">
        {children}
        <Live />
        <Copy text={() => location.href} label="Copy the link to this view" />
      </div>
    </header>
  )
}

function Live() {
  const paused = usePaused()
  const away = useAwaySince() !== null
  const Icon = paused ? Play : Pause
  return (
    <button
      type="button"
      className={join(quiet, "group/live")}
      onClick={() => setPaused(!paused)}
      aria-pressed={paused}
      title={paused ? "Updates are paused: go on" : "Updates by itself: pause"}
    >
      <span className={join("size-1.5 rounded-full", away || paused ? "bg-control" : "bg-good")} aria-hidden />
      <span className="max-sm:sr-only">{away ? "Away" : paused ? "Paused" : "Live"}</span>
      <Icon
        size={12}
        aria-hidden
        className="opacity-0 group-hover/live:opacity-100 group-focus-visible/live:opacity-100"
      />
    </button>
  )
}
