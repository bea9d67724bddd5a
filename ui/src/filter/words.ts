/** The words of a search as a pattern to mark them with: `refund "not working" -test role:user`. */

const WORD = /(-?)(?:"([^"]*)"|(\S+))/g

/** Every wanted word or phrase, the longest first; null where there is none. */
export function patternOf(q: string): RegExp | null {
  const wanted = [...q.matchAll(WORD)]
    .filter(([, minus, , bare]) => minus === "" && !bare?.toLowerCase().startsWith("role:"))
    .map(([, , phrase, bare]) => (phrase ?? bare ?? "").trim())
    .filter((text) => text !== "")
  if (wanted.length === 0) return null
  const parts = wanted
    .toSorted((a, b) => b.length - a.length)
    .map((text) => {
      const literal = text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")
      // A word of Latin letters is a whole word; where a script has no blanks, words stand among others.
      return /^\w+$/.test(text) ? `(?<![\\p{L}\\p{N}_])${literal}(?![\\p{L}\\p{N}_])` : literal
    })
  return new RegExp(parts.join("|"), "giu")
}
