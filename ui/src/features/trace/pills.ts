/** Ready-made filters for the spans of a trace. */
import type { LightSpan } from "../../layout/light"

export type PillId = "errors" | "slow" | "critical" | "llm" | "tools"

export const pills: readonly { id: PillId; label: string }[] = [
  { id: "errors", label: "Errors" },
  { id: "slow", label: "Slow" },
  { id: "critical", label: "Critical path" },
  { id: "llm", label: "LLM" },
  { id: "tools", label: "Tools" },
]

/** The ids of the spans that match both the pill and the text. */
export function matchesOf(
  spans: readonly LightSpan[],
  pill: PillId | null,
  find: string,
  critical: ReadonlySet<string>,
): Set<string> {
  const words = find.trim().toLowerCase()
  const slow = pill === "slow" ? slowSpans(spans) : null
  const matches = (span: LightSpan): boolean => {
    if (words !== "" && !`${span.name} ${span.model ?? ""} ${span.span_id}`.toLowerCase().includes(words)) return false
    if (pill === "errors") return span.status === "error"
    if (pill === "critical") return critical.has(span.span_id)
    if (pill === "llm") return span.kind === "llm"
    if (pill === "tools") return span.kind === "tool"
    return slow === null || slow.has(span)
  }
  return new Set(spans.filter(matches).map((span) => span.span_id))
}

// Time is spent in spans without children. The slowest tenth of those is slow, but at least five if there are ten.
function slowSpans(spans: readonly LightSpan[]): Set<LightSpan> {
  const parents = new Set(spans.map((span) => span.parent_span_id))
  const leaves = spans.filter((span) => !parents.has(span.span_id)).toSorted((a, b) => b.duration_ms - a.duration_ms)
  const wanted = Math.max(Math.ceil(leaves.length / 10), Math.min(5, Math.floor(leaves.length / 2)))
  const leastMs = leaves[Math.min(leaves.length, wanted) - 1]?.duration_ms ?? 0
  return new Set(leaves.filter((span) => span.duration_ms >= leastMs && span.duration_ms > 0))
}
