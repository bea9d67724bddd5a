/** The entries of a user's journey → the lines on the page, with a heading for each day. */
import type { JourneyEntry } from "../api/types"

export type JourneyLine = { type: "day"; key: string; at: string } | { type: "entry"; key: string; entry: JourneyEntry }

/** Insert a heading before the first entry of each day. `dayOf` maps a time to its day in the reader's time zone. */
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
