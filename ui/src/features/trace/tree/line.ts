import { cost } from "../../../format/number"
import { duration } from "../../../format/time"
import type { LightSpan } from "../../../layout/light"
import type { TreeRow } from "../../../layout/tree"

/** What a line of the tree shows of its span, or of its group of equal spans. */
export type Line = {
  kind: LightSpan["kind"]
  name: string
  failed: boolean
  startMs: number
  endMs: number
  /** Of a group, the median. */
  durationMs: number
  /** Beside the bar. */
  label: string
}

export function lineOf(row: TreeRow<LightSpan>): Line {
  if (row.type === "group") {
    const { kind, name } = row.nodes[0]!.span
    const { startMs, endMs, medianMs, errors } = row
    const label = `median ${duration(medianMs)}${errors > 0 ? `, ${errors} failed` : ""}`
    return { kind, name, failed: errors > 0, startMs, endMs, durationMs: medianMs, label }
  }
  const { span, startMs, endMs } = row.node
  const { kind, name, status, duration_ms, cost_usd } = span
  const label = cost_usd ? `${duration(duration_ms)} · ${cost(cost_usd)}` : duration(duration_ms)
  return { kind, name, failed: status === "error", startMs, endMs, durationMs: duration_ms, label }
}
