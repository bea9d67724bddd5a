import { Pause, Play } from "lucide-react"
import { useEffect, useRef, type ReactNode } from "react"
import { setPaused, useOfflineSince, usePaused } from "../../api/live"
import { join, link, quiet } from "../../components/classes"
import { Copy } from "../../components/Copy"
import { Link } from "../../components/Link"

let firstPage = true

type PageHeadProps = {
  /** Also the title of the tab. */
  title: string
  heading?: ReactNode
  /** The list that a detail page belongs to. */
  parent?: { href: string; label: string }
  /** Beside the title. */
  lead?: ReactNode
  /** The page's buttons. */
  children?: ReactNode
}

const bar = "flex min-h-12 shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-b border-hairline px-4 py-1.5"

/** The head of every page: title, buttons, and whether the page is live. */
export function PageHead({ title, heading, parent, lead, children }: PageHeadProps) {
  const titleElement = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    // Navigation moves the focus to the title, so that screen readers announce it. The browser handles the first page.
    if (!firstPage) titleElement.current?.focus({ preventScroll: true })
    firstPage = false
  }, [])
  useEffect(() => {
    document.title = `${title} · Baserun`
  }, [title])
  return (
    <header className={bar}>
      <h1 ref={titleElement} tabIndex={-1} className="min-w-0 truncate text-title font-semibold">
        {heading ?? title}
      </h1>
      {parent && (
        <nav aria-label="Breadcrumb" className="order-first flex min-w-0 items-center gap-2 text-secondary">
          <Link href={parent.href} className={link}>
            {parent.label}
          </Link>
          <span aria-hidden>/</span>
        </nav>
      )}
      {lead}
      <div className="ml-auto flex min-w-0 flex-wrap items-center justify-end gap-1">
        {children}
        <LiveButton />
        <Copy text={() => location.href} label="Copy link to this view" />
      </div>
    </header>
  )
}

function LiveButton() {
  const paused = usePaused()
  const offline = useOfflineSince() !== null
  const Icon = paused ? Play : Pause
  return (
    <button
      type="button"
      className={join(quiet, "group/live")}
      onClick={() => setPaused(!paused)}
      aria-pressed={paused}
      title={paused ? "Updates are paused. Click to resume." : "Updating automatically. Click to pause."}
    >
      <span className={join("size-1.5 rounded-full", offline || paused ? "bg-control" : "bg-good")} aria-hidden />
      <span className="max-sm:sr-only">{offline ? "Offline" : paused ? "Paused" : "Live"}</span>
      <Icon
        size={12}
        aria-hidden
        className="opacity-0 group-hover/live:opacity-100 group-focus-visible/live:opacity-100"
      />
    </button>
  )
}
