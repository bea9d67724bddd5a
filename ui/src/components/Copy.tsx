import { Check, Copy as CopyIcon, type LucideIcon } from "lucide-react"
import { useEffect, useState } from "react"
import { join, quiet } from "./classes"

type CopyProps = {
  text: string | (() => string | Promise<string>)
  label: string
  /** Shown beside the icon. */
  words?: string
  className?: string
  icon?: LucideIcon
}

/** Copies a text; the icon turns into a tick for a moment. */
export function Copy({ text, label, words, className, icon = CopyIcon }: CopyProps) {
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), 1_500)
    return () => clearTimeout(timer)
  }, [copied])
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(typeof text === "function" ? await text() : text)
    setCopied(true)
  }
  const Icon = copied ? Check : icon
  return (
    <button
      type="button"
      className={className ?? join(quiet, copied && "text-good")}
      aria-label={words ? undefined : label}
      title={label}
      onClick={() => void copy()}
    >
      <Icon size={14} aria-hidden />
      {words}
      <span className="sr-only" role="status">
        {copied ? "copied" : ""}
      </span>
    </button>
  )
}
