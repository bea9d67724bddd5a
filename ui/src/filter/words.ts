/** A search as a pattern that finds its words in a text: `refund "not working" -test role:user`. */

const WORD = /(-?)(?:"([^"]*)"|(\S+))/g

/** A pattern of every wanted word or phrase, the longest first; null if there is none. */
export function patternOf(q: string): RegExp | null {
  const wanted = [...q.matchAll(WORD)]
    .filter(([, minus, , bare]) => minus === "" && !bare?.toLowerCase().startsWith("role:"))
    .map(([, , phrase, bare]) => (phrase ?? bare ?? "").trim())
    .filter((text) => text !== "")
  if (wanted.length === 0) return null
  const patterns = wanted
    .toSorted((a, b) => b.length - a.length)
    .map((text) => {
      const literal = text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")
      // Latin words match whole words only; scripts without spaces have no word boundaries.
      return /^\w+$/.test(text) ? `(?<![\\p{L}\\p{N}_])${literal}(?![\\p{L}\\p{N}_])` : literal
    })
  return new RegExp(patterns.join("|"), "giu")
}
