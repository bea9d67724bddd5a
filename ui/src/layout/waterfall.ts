/** Where bars, ticks and labels of a waterfall stand, in shares of its width (0 … 1). */

export type Range = { fromMs: number; toMs: number }
export type Bar = { left: number; width: number; before: boolean; after: boolean }

/** The time that all spans cover; never empty, so that a division by its length is safe. */
export function extentOf(spans: readonly { startMs: number; endMs: number }[]): Range {
  let fromMs = Infinity
  let toMs = -Infinity
  for (const span of spans) {
    if (span.startMs < fromMs) fromMs = span.startMs
    if (span.endMs > toMs) toMs = span.endMs
  }
  if (!Number.isFinite(fromMs) || !Number.isFinite(toMs)) return { fromMs: 0, toMs: 1 }
  return { fromMs, toMs: Math.max(toMs, fromMs + 0.001) }
}

/** The part of a span that lies in the range; `before` and `after` say that it goes on outside. Null: wholly outside. */
export function barOf(startMs: number, endMs: number, range: Range): Bar | null {
  if (endMs < range.fromMs || startMs > range.toMs) return null
  const length = range.toMs - range.fromMs
  const left = Math.max(0, (startMs - range.fromMs) / length)
  const right = Math.min(1, (endMs - range.fromMs) / length)
  return { left, width: Math.max(0, right - left), before: startMs < range.fromMs, after: endMs > range.toMs }
}

/** Side on which the label of a bar has room: right of it, else left, else inside. `room` is its width as a share. */
export function labelSide(bar: Bar, room: number): "right" | "left" | "inside" {
  if (bar.left + bar.width + room <= 1) return "right"
  if (bar.left >= room) return "left"
  return "inside"
}

/** Round times for ticks, about `wanted` of them, as offsets in milliseconds from `originMs`. */
export function ticksOf(range: Range, originMs: number, wanted = 5): { at: number; offsetMs: number }[] {
  const length = range.toMs - range.fromMs
  const rough = length / Math.max(1, wanted)
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? 10 * power
  const ticks: { at: number; offsetMs: number }[] = []
  // Adding 0 turns −0 into 0.
  const first = Math.ceil((range.fromMs - originMs) / step - 1e-9) + 0
  for (let index = first; ticks.length < 50; index += 1) {
    const offsetMs = index * step
    const at = (originMs + offsetMs - range.fromMs) / length
    if (at > 1 + 1e-9) break
    ticks.push({ at, offsetMs })
  }
  return ticks
}

/** Zoom around a point; the range never leaves the extent and never gets shorter than a thousandth of it. */
export function zoomed(range: Range, extent: Range, factor: number, centre = 0.5): Range {
  const whole = extent.toMs - extent.fromMs
  const length = Math.min(whole, Math.max(whole / 1000, (range.toMs - range.fromMs) * factor))
  const pivot = range.fromMs + (range.toMs - range.fromMs) * centre
  return moved({ fromMs: pivot - length * centre, toMs: pivot + length * (1 - centre) }, extent)
}

/** The same length, pushed back into the extent. */
export function moved(range: Range, extent: Range): Range {
  const length = range.toMs - range.fromMs
  const fromMs = Math.min(Math.max(range.fromMs, extent.fromMs), extent.toMs - length)
  return { fromMs, toMs: fromMs + length }
}
