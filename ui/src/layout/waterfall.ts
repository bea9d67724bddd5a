/** The positions of bars, ticks and labels in a waterfall, as shares of its width (0 … 1). */

export type TimeRange = { fromMs: number; toMs: number }
export type Bar = { left: number; width: number; before: boolean; after: boolean }

/** The time that all spans cover. It is never empty, so dividing by its length is safe. */
export function extentOf(spans: readonly { startMs: number; endMs: number }[]): TimeRange {
  let fromMs = Infinity
  let toMs = -Infinity
  for (const span of spans) {
    if (span.startMs < fromMs) fromMs = span.startMs
    if (span.endMs > toMs) toMs = span.endMs
  }
  if (!Number.isFinite(fromMs) || !Number.isFinite(toMs)) return { fromMs: 0, toMs: 1 }
  return { fromMs, toMs: Math.max(toMs, fromMs + 0.001) }
}

/** A span clipped to the range; `before` and `after` say that it continues outside. Null if it is entirely outside. */
export function barOf(startMs: number, endMs: number, range: TimeRange): Bar | null {
  if (endMs < range.fromMs || startMs > range.toMs) return null
  const length = range.toMs - range.fromMs
  const left = Math.max(0, (startMs - range.fromMs) / length)
  const right = Math.min(1, (endMs - range.fromMs) / length)
  return { left, width: Math.max(0, right - left), before: startMs < range.fromMs, after: endMs > range.toMs }
}

/** Where the label of a bar fits: right of it, else left, else inside. `room` is the label's width as a share. */
export function labelSide(bar: Bar, room: number): "right" | "left" | "inside" {
  if (bar.left + bar.width + room <= 1) return "right"
  if (bar.left >= room) return "left"
  return "inside"
}

/** About `wanted` ticks at round offsets, in milliseconds from `originMs`. */
export function ticksOf(range: TimeRange, originMs: number, wanted = 5): { at: number; offsetMs: number }[] {
  const length = range.toMs - range.fromMs
  const rough = length / Math.max(1, wanted)
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? 10 * power
  const ticks: { at: number; offsetMs: number }[] = []
  // Adding 0 turns -0 into 0.
  const first = Math.ceil((range.fromMs - originMs) / step - 1e-9) + 0
  for (let index = first; ticks.length < 50; index += 1) {
    const offsetMs = index * step
    const at = (originMs + offsetMs - range.fromMs) / length
    if (at > 1 + 1e-9) break
    ticks.push({ at, offsetMs })
  }
  return ticks
}

/** Zoom around a point. The range stays inside the extent and is at least a thousandth of it. */
export function zoomed(range: TimeRange, extent: TimeRange, factor: number, centre = 0.5): TimeRange {
  const whole = extent.toMs - extent.fromMs
  const length = Math.min(whole, Math.max(whole / 1000, (range.toMs - range.fromMs) * factor))
  const pivot = range.fromMs + (range.toMs - range.fromMs) * centre
  return moved({ fromMs: pivot - length * centre, toMs: pivot + length * (1 - centre) }, extent)
}

/** The same length, moved back into the extent. */
export function moved(range: TimeRange, extent: TimeRange): TimeRange {
  const length = range.toMs - range.fromMs
  const fromMs = Math.min(Math.max(range.fromMs, extent.fromMs), extent.toMs - length)
  return { fromMs, toMs: fromMs + length }
}
