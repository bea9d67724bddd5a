import type { TimeRange } from "../../layout/waterfall"

/** `120..480`, in milliseconds from the start of the trace, as the address holds it; else the whole extent. */
export function readZoom(text: string | undefined, extent: TimeRange): TimeRange {
  const [fromMs, toMs] = (text ?? "").split("..").map(Number)
  if (fromMs === undefined || toMs === undefined || !(toMs > fromMs)) return extent
  return { fromMs: Math.max(extent.fromMs, fromMs), toMs: Math.min(extent.toMs, toMs) }
}

/** Undefined for the whole extent. */
export function printZoom(range: TimeRange | null, extent: TimeRange): string | undefined {
  if (range === null || (range.fromMs <= extent.fromMs && range.toMs >= extent.toMs)) return undefined
  return `${round(range.fromMs)}..${round(range.toMs)}`
}

const round = (ms: number): number => Number(ms.toFixed(ms < 10 ? 3 : 0))
