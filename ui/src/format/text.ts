/** Untrusted text, made safe to display. */

/** A piece of text, or the name of one invisible character. */
export type Segment = { kind: "text" | "hidden"; text: string }

const NAMES: Record<number, string> = {
  0x00: "NUL",
  0x07: "BEL",
  0x08: "BS",
  0x1b: "ESC",
  0x7f: "DEL",
  0xad: "SHY",
  0x200b: "ZWSP",
  0x200e: "LRM",
  0x200f: "RLM",
  0x2028: "LS",
  0x2029: "PS",
  0x2060: "WJ",
  0xfeff: "BOM",
  0x202a: "LRE",
  0x202b: "RLE",
  0x202c: "PDF",
  0x202d: "LRO",
  0x202e: "RLO",
  0x2066: "LRI",
  0x2067: "RLI",
  0x2068: "FSI",
  0x2069: "PDI",
}

// Control characters except tab and line breaks; characters that are invisible or change the writing direction; tag
// characters, which can carry hidden text. The joiners U+200C and U+200D stay: emoji and several scripts need them.
const HIDDEN = new RegExp(
  "[\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\u00ad\\u200b\\u200e\\u200f\\u2028\\u2029" +
    "\\u202a-\\u202e\\u2060-\\u2064\\u2066-\\u2069\\ufeff\\u{e0000}-\\u{e007f}]",
  "gu",
)

/** Split a text at its invisible characters; each of them becomes a segment with its name. */
export function segments(text: string): Segment[] {
  const found: Segment[] = []
  let from = 0
  for (const match of text.matchAll(HIDDEN)) {
    if (match.index > from) found.push({ kind: "text", text: text.slice(from, match.index) })
    found.push({ kind: "hidden", text: nameOf(match[0].codePointAt(0)!) })
    from = match.index + match[0].length
  }
  if (from < text.length) found.push({ kind: "text", text: text.slice(from) })
  return found
}

/** One line of at most `limit` characters; runs of whitespace become one space. */
export function oneLine(text: string, limit = 200): string {
  const line = text
    .slice(0, limit * 4)
    .replace(/\s+/g, " ")
    .trim()
  return line.length > limit ? `${line.slice(0, limit - 1).trimEnd()}…` : line
}

/** One line of plain text from Markdown: without the characters for emphasis, code and headings. */
export const preview = (text: string, limit = 200): string =>
  oneLine(
    text
      .slice(0, limit * 4)
      .replace(/(\*\*|__)(?=\S)([^]*?\S)\1/g, "$2")
      .replace(/`([^`\n]+)`/g, "$1")
      .replace(/^#{1,6} /gm, ""),
    limit,
  )

/** An id of at most `limit` characters: long ones keep their beginning and end. */
export const shortId = (id: string, limit = 24): string =>
  id.length <= limit ? id : `${id.slice(0, Math.ceil(limit * 0.6))}…${id.slice(-Math.floor(limit * 0.3))}`

/** Any value as text: text unchanged, everything else as JSON. */
export function asText(value: unknown, indent = 2): string {
  if (value === null || value === undefined) return ""
  if (typeof value === "string") return value
  return JSON.stringify(value, null, indent) ?? String(value)
}

const nameOf = (point: number): string => NAMES[point] ?? `U+${point.toString(16).toUpperCase().padStart(4, "0")}`
