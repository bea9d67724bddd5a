import { ChevronRight } from "lucide-react"
import { useState, type ReactNode } from "react"
import { join } from "../../../components/classes"

type FoldProps = {
  icon: ReactNode
  label: ReactNode
  summary: ReactNode
  aside?: ReactNode
  dashed?: boolean
  failed?: boolean
  children: ReactNode
}

/** One line that expands. Its content is rendered only while it is expanded. */
export function Fold({ icon, label, summary, aside, dashed = false, failed = false, children }: FoldProps) {
  const [open, setOpen] = useState(false)
  const border = failed ? "border-error" : dashed ? "border-control" : "border-hairline"
  return (
    <div className={join("rounded-control border", dashed && "border-dashed", border)}>
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className={join(
          "flex min-h-8 w-full items-center gap-2 rounded-control px-2 py-1 text-left text-small",
          "hover:bg-hover pointer-coarse:min-h-11",
        )}
      >
        <ChevronRight
          size={12}
          aria-hidden
          className={join("shrink-0 text-faint transition-transform", open && "rotate-90")}
        />
        <span className="shrink-0">{icon}</span>
        <span className="max-w-1/2 shrink-0 truncate">{label}</span>
        <span className="min-w-0 flex-1 truncate text-secondary">{summary}</span>
        {aside && <span className="shrink-0 text-label text-faint">{aside}</span>}
      </button>
      {open && <div className="border-t border-hairline px-3 py-2">{children}</div>}
    </div>
  )
}
