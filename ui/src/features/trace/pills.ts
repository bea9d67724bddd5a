/** Ready questions about the spans of a trace. */
import type { LightSpan } from "../../layout/light"

export type PillId = "errors" | "slow" | "critical" | "llm" | "tools"

export const pills: readonly { id: PillId; label: string }[] = [
  { id: "errors", label: "Errors" },
  { id: "slow", label: "Slow" },
  { id: "critical", label: "Critical path" },
  { id: "llm", label: "LLM" },
  { id: "tools", label: "Tools" },
]

/** Ids of the spans that a pill and a text select together. */
export function matchesOf(
  spans: readonly LightSpan[],
  pill: PillId | null,
  find: string,
  critical: ReadonlySet<string>,
): Set<string> {
  const words = find.trim().toLowerCase()
  const slowFrom = pill === "slow" ? slowestLeaves(spans) : 0
  const parents = pill === "slow" ? new Set(spans.map((span) => span.parent_span_id)) : new Set()
  const is = (span: LightSpan): boolean => {
    if (words !== "" && !`${span.name} ${span.model ?? ""} ${span.span_id}`.toLowerCase().includes(words)) return false
    if (pill === "errors") return span.status === "error"
    if (pill === "slow") return !parents.has(span.span_id) && span.duration_ms >= slowFrom && span.duration_ms > 0
    if (pill === "critical") return critical.has(span.span_id)
    if (pill === "llm") return span.kind === "llm"
    if (pill === "tools") return span.kind === "tool"
    return true
  }
  return new Set(spans.filter(is).map((span) => span.span_id))
}

// The time goes by in spans without children; the slowest tenth of them, five at least where there are so many.
function slowestLeaves(spans: readonly LightSpan[]): number {
  const parents = new Set(spans.map((span) => span.parent_span_id))
  const lengths = spans
    .filter((span) => !parents.has(span.span_id))
    .map((span) => span.duration_ms)
    .toSorted((a, b) => b - a)
  return (
    lengths[
      Math.min(
        lengths.length - 1,
        Math.max(Math.ceil(lengths.length / 10), Math.min(5, Math.floor(lengths.length / 2))) - 1,
      )
    ] ?? 0
  )
}
