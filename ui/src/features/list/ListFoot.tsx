import type { Total } from "../../api/types"
import { approximate, count } from "../../format/number"

type ListFootProps = { shown: number; total: Total | null; more: boolean; loading: boolean }

/** Below the last loaded row: how many of all rows are loaded. */
export function ListFoot({ shown, total, more, loading }: ListFootProps) {
  if (!more && !loading) return null
  return (
    <p className="px-4 py-3 text-small text-faint">
      {count(shown)}
      {total ? ` of ${approximate(total)}` : ""}
      {loading ? " · loading…" : ""}
    </p>
  )
}

/** Grey rows while the first page is loading. */
export function ListSkeleton({ rowHeight }: { rowHeight: number }) {
  return (
    <div aria-hidden>
      {Array.from({ length: 12 }, (_, index) => (
        <div
          key={index}
          className="flex items-center gap-6 border-b border-hairline px-4"
          style={{ height: rowHeight }}
        >
          <div className="skeleton h-3" style={{ width: `${22 - ((index * 5) % 9)}%` }} />
          <div className="skeleton h-3 w-1/12" />
          <div className="skeleton h-3 w-1/12" />
          <div className="skeleton h-3 w-1/12" />
        </div>
      ))}
    </div>
  )
}
