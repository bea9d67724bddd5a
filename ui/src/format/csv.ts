/** Rows of the API as the text of an exported file. */

export type Row = Record<string, unknown>

/** One JSON document per line. */
export const jsonl = (rows: readonly Row[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("")

/** Comma-separated with a header, as RFC 4180 says; structures as JSON. The columns are those of the first row. */
export function csv(rows: readonly Row[]): string {
  const first = rows[0]
  if (!first) return ""
  const names = Object.keys(first)
  return [names, ...rows.map((row) => names.map((name) => row[name]))]
    .map((cells) => `${cells.map(cell).join(",")}\r\n`)
    .join("")
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return ""
  if (typeof value === "number" || typeof value === "boolean") return String(value)
  const text = typeof value === "string" ? value : JSON.stringify(value)
  // Spreadsheets run text that begins like this as a formula; an apostrophe makes it text. Users wrote it, not we.
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}
