import type { ReactNode } from "react"
import { count } from "../../format/number"

const labels: [record: string, label: string][] = [
  ["sessions", "sessions"],
  ["traces", "traces"],
  ["spans", "spans"],
  ["scores", "scores"],
  ["log_entries", "log entries"],
  ["session_events", "session starts and ends"],
  ["user_events", "traits and aliases"],
]

/** The number of records of each kind. */
export const Counts = ({ counts }: { counts: Record<string, number> }) => (
  <Pairs>
    {labels
      .filter(([record]) => counts[record])
      .map(([record, label]) => (
        <Pair key={record} label={label}>
          {count(counts[record] ?? 0)}
        </Pair>
      ))}
  </Pairs>
)

export const Pairs = ({ children }: { children: ReactNode }) => (
  <dl className="grid grid-cols-[1fr_auto] gap-x-4 gap-y-1">{children}</dl>
)

export const Pair = ({ label, children }: { label: string; children: ReactNode }) => (
  <>
    <dt className="text-secondary">{label}</dt>
    <dd className="text-right tabular-nums">{children}</dd>
  </>
)
