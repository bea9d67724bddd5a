/** Numbers over time as SVG paths in a box of 100 × 100, which the page stretches. */

export type Values = readonly (number | null)[]

/** The top of the axis: a round number no less than the largest value; 1 if there are no values. */
export function ceiling(largest: number): number {
  if (!(largest > 0)) return 1
  const unit = 10 ** Math.floor(Math.log10(largest))
  // Rounded, because 3 × 0.1 is slightly more than 0.3.
  return Number(([1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((step) => step * unit >= largest)! * unit).toPrecision(12))
}

/** A line through the values. It breaks where a value is missing; a value between two gaps is a short dash. */
export function linePath(values: Values, top: number): string {
  const step = 100 / values.length
  let path = ""
  values.forEach((value, index) => {
    if (value === null) return
    const y = height(value, top)
    const x = (index + 0.5) * step
    const alone = (values[index - 1] ?? null) === null && (values[index + 1] ?? null) === null
    if (alone) path += `M${round(x - step / 2)} ${y}H${round(x + step / 2)}`
    else path += `${(values[index - 1] ?? null) === null ? "M" : "L"}${round(x)} ${y}`
  })
  return path
}

/** Stacked bars: one path per layer, in the given order, each on the sum of the layers before it. */
export function barPaths(layers: readonly Values[], top: number): string[] {
  const length = layers[0]?.length ?? 0
  const step = 100 / length
  const gap = step * 0.12
  const base = Array.from({ length }, () => 0)
  return layers.map((values) =>
    values
      .map((value, index) => {
        if (!value) return ""
        const from = base[index]!
        base[index] = from + value
        const [low, high] = [height(from, top), height(from + value, top)]
        return `M${round(index * step + gap)} ${low}V${high}h${round(step - 2 * gap)}V${low}z`
      })
      .join(""),
  )
}

/** The largest value of all series, or of their sums if they are stacked. */
export function largest(series: readonly Values[], stacked: boolean): number {
  const length = series[0]?.length ?? 0
  let most = 0
  for (let index = 0; index < length; index += 1) {
    const values = series.map((one) => one[index] ?? 0)
    most = Math.max(most, stacked ? values.reduce((sum, value) => sum + value, 0) : Math.max(...values))
  }
  return most
}

/** The relative change, such as 0.2 or -0.2; null if either number is missing or there was nothing before. */
export function change(now: number | null | undefined, before: number | null | undefined): number | null {
  if (now === null || now === undefined || !before) return null
  return now / before - 1
}

const height = (value: number, top: number): number => round(100 - (value / top) * 100)
const round = (value: number): number => Math.round(value * 100) / 100
