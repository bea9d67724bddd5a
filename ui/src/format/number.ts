/** Numbers as short text; equal values always read the same. */

const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 })

/** `48112` → `48,112`. */
export const count = (value: number): string => whole.format(value)

/** `48112` → `48.1k`; below 10,000 the exact number. */
export function compact(value: number): string {
  if (Math.abs(value) < 10_000) return whole.format(value)
  const units = ["", "k", "M", "B", "T"]
  let unit = 0
  let rest = value
  while (Math.abs(rest) >= 999.5 && unit < units.length - 1) {
    rest /= 1000
    unit += 1
  }
  const digits = Math.abs(rest) >= 99.95 ? 0 : 1
  return `${rest.toFixed(digits).replace(/\.0$/, "")}${units[unit]}`
}

/** Dollars: cents from $1 on, three decimals from $0.10 on, else two significant digits. Null (no price) → `–`. */
export function cost(usd: number | null | undefined): string {
  if (usd === null || usd === undefined) return "–"
  if (usd === 0) return "$0"
  if (usd < 0.000_001) return "< $0.000001"
  if (usd >= 1000) return `$${whole.format(usd)}`
  if (usd >= 0.995) return `$${usd.toFixed(2)}`
  if (usd >= 0.1) return `$${usd.toFixed(3)}`
  const digits = Math.min(6, 1 - Math.floor(Math.log10(usd)))
  return `$${usd.toFixed(digits)}`
}

/** `0.0234` → `2.3 %`, `0.5` → `50 %`. */
export const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`

/** The number of rows of a list: `1,204`, or `about 48,000` where counting exactly is too expensive. */
export const approximate = ({ value, exact }: { value: number; exact: boolean }): string =>
  `${exact ? "" : "about "}${count(value)}`

/** A size in units of 1024 bytes. */
export function bytes(value: number): string {
  if (value < 1024) return `${value} B`
  if (value < 1024 * 1024) return `${(value / 1024).toFixed(1)} KiB`
  return `${(value / 1024 / 1024).toFixed(1)} MiB`
}

/** `plural(1, "turn")` → `1 turn`, `plural(2, "turn")` → `2 turns`. */
export const plural = (value: number, word: string): string => `${count(value)} ${value === 1 ? word : `${word}s`}`
