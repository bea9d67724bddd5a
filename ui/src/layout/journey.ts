/** A user's journey, as the server tells it → the lines that are drawn: days, silences, sessions, marks. */
import type { JourneyEntry } from "../api/types"

export type JourneyLine = { type: "day"; key: string; at: string } | { type: "entry"; key: string; entry: JourneyEntry }

/** Put a heading before the first entry of each day. `dayOf` says which day a time belongs to, in the reader's zone. */
export function linesOf(entries: readonly JourneyEntry[], dayOf: (iso: string) => string): JourneyLine[] {
  const lines: JourneyLine[] = []
  let day = ""
  entries.forEach((entry, index) => {
    const own = dayOf(entry.at)
    if (own !== day && entry.type !== "gap") {
      lines.push({ type: "day", key: `day-${own}-${index}`, at: entry.at })
      day = own
    }
    lines.push({
      type: "entry",
      key: `${entry.type}-${entry.session_id ?? ""}-${entry.trace_id ?? ""}-${entry.at}-${index}`,
      entry,
    })
  })
  return lines
}
