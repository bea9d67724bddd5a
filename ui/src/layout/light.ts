/** A trace's spans as the columns that the API sends → one object per span. */
import type { LightSpans } from "../api/types"
import type { TreeSpan } from "./tree"

export type LightSpan = TreeSpan & {
  kind: LightSpans["kind"][number]
  model: string | null
  cost_usd: number | null
  tokens: number | null
  /** The parent that it names was never received. */
  orphan: boolean
  /** Another span already counts the same call. */
  duplicate: boolean
}

/** Times are in milliseconds from the start of the trace. */
export function lightSpansOf(columns: LightSpans): LightSpan[] {
  const orphans = new Set(columns.orphan)
  const duplicates = new Set(columns.duplicate)
  return columns.span_id.map((spanId, index) => {
    const parent = columns.parent[index]
    const model = columns.model[index]
    return {
      span_id: spanId,
      parent_span_id: parent === null || parent === undefined ? null : (columns.span_id[parent] ?? null),
      kind: columns.kind[index] ?? "other",
      name: columns.names[columns.name[index] ?? -1] ?? "",
      model: model === null || model === undefined ? null : (columns.models[model] ?? null),
      start_ms: (columns.start_us[index] ?? 0) / 1000,
      duration_ms: (columns.duration_us[index] ?? 0) / 1000,
      status: columns.status[index] ?? "unset",
      cost_usd: columns.cost_usd[index] ?? null,
      tokens: columns.tokens[index] ?? null,
      orphan: orphans.has(index),
      duplicate: duplicates.has(index),
    }
  })
}
