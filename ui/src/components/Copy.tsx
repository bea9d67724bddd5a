import { Check, Copy as CopyIcon, type LucideIcon } from "lucide-react"
import { useEffect, useState } from "react"
import { join, quiet } from "./classes"

type CopyProps = {
  text: string | (() => string | Promise<string>)
  label: string
  words?: string
  className?: string
  icon?: LucideIcon
}

/** Copies a text; the sign turns into a tick for a moment. */
export function Copy({ text, label, words, className, icon = CopyIcon }: CopyProps) {
  const [done, setDone] = useState(false)
  useEffect(() => {
    if (!done) return
    const timer = setTimeout(() => setDone(false), 1_500)
    return () => clearTimeout(timer)
  }, [done])
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(typeof text === "function" ? await text() : text)
    setDone(true)
  }
  const Icon = done ? Check : icon
  return (
    <button
      type="button"
      className={className ?? join(quiet, done && "text-good")}
      aria-label={words ? undefined : label}
      title={label}
      onClick={() => void copy()}
    >
      <Icon size={14} aria-hidden />
      {words}
      <span className="sr-only" role="status">
        {done ? "copied" : ""}
      </span>
    </button>
  )
}
