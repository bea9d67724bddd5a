/** Content on its way out: redacted, cut to size, turned into JSON text. Runs when records are sent, not at the call. */

import type { Redact } from "../_config.js"

/** A value as JSON text within `limit` bytes; `cut` tells whether something had to go. */
export function contentText(
  value: unknown,
  where: string,
  limit: number,
  redact?: Redact,
): { text: string; cut: boolean } {
  const clean = redact ? mapTexts(value, (text) => redact(text, where)) : value
  const text = plainText(clean) ?? jsonText(clean)
  if (fits(text, limit)) return { text, cut: false }
  // Long texts (images in base64 before all) are shortened first, so that the structure and the short texts survive.
  for (let longest = Math.floor(limit / 4); longest >= 64; longest = Math.floor(longest / 4)) {
    const shorter = jsonText(mapTexts(clean, (one) => shorten(one, longest)))
    if (fits(shorter, limit)) return { text: shorter, cut: true }
  }
  return { text: jsonText(shorten(text, Math.floor(limit / 4))), cut: true }
}

const encoder = new TextEncoder()

/** Whether a text takes at most so many bytes of UTF-8. Three times its length is the most that it can be. */
export function fits(text: string, bytes: number): boolean {
  return text.length * 3 <= bytes || (text.length <= bytes && encoder.encode(text).length <= bytes)
}

const ESCAPED = /["\\\x00-\x1f]/
const MOST_KEYS = 500
const keys = new Map<string, string>()

/**
 * A value as JSON text in the form that it has inside a JSON text, without the quotes around it; `undefined` where it
 * holds anything that JSON does not know.
 *
 * The same as writing it and writing the text again, at half the cost: most texts have nothing in them to escape.
 */
export function embeddedJson(value: unknown): string | undefined {
  try {
    return embed(value)
  } catch {
    // No plain value, or one that holds itself.
    return undefined
  }
}

function embed(value: unknown): string {
  switch (typeof value) {
    case "string":
      return ESCAPED.test(value) ? JSON.stringify(JSON.stringify(value)).slice(1, -1) : `\\"${value}\\"`
    case "number":
      return Number.isFinite(value) ? String(value) : "null"
    case "boolean":
      return String(value)
    case "undefined":
      return "null"
    case "object":
      break
    default:
      throw new TypeError("no plain value")
  }
  if (value === null) return "null"
  let text = ""
  if (Array.isArray(value)) {
    for (const one of value) text += (text && ",") + embed(one)
    return `[${text}]`
  }
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) throw new TypeError("no plain value")
  for (const key of Object.keys(value)) {
    const one = (value as Record<string, unknown>)[key]
    if (one !== undefined) text += (text && ",") + embeddedKey(key) + embed(one)
  }
  return `{${text}}`
}

function embeddedKey(key: string): string {
  let text = keys.get(key)
  if (text !== undefined) return text
  text = `${embed(key)}:`
  if (keys.size >= MOST_KEYS) keys.clear()
  keys.set(key, text)
  return text
}

/** JSON of what was read from JSON, without the look at every value that `jsonText` takes; it costs five times less. */
function plainText(value: unknown): string | undefined {
  try {
    return value instanceof Snapshot ? value.text : JSON.stringify(value)
  } catch {
    return undefined
  }
}

/** JSON of any value: what JSON cannot say is shown as text, and no value makes it fail. */
export function jsonText(value: unknown): string {
  try {
    const text = JSON.stringify(value, sayable)
    if (text !== undefined) return text
  } catch {
    // A cycle, a throwing getter or `toJSON`: taken apart below, one value at a time.
  }
  return JSON.stringify(plain(value, new Set()), sayable) ?? "null"
}

/** A value of the application as it is now; later changes do not reach it. */
export function snapshot(value: unknown): unknown {
  if (value === null || typeof value !== "object") return typeof value === "function" ? shown(value) : value
  return new Snapshot(jsonText(value))
}

/** JSON text that was made at the call; it is put in as it stands unless a redaction has to look inside. */
export class Snapshot {
  constructor(readonly text: string) {}
  toJSON(): unknown {
    return JSON.parse(this.text)
  }
}

function sayable(_: string, value: unknown): unknown {
  if (typeof value === "bigint") return value.toString()
  if (typeof value === "function" || typeof value === "symbol") return shown(value)
  if (value instanceof Error) return { name: value.name, message: value.message }
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, one]) => [String(key), one]))
  if (value instanceof Set) return [...value]
  if (ArrayBuffer.isView(value)) return `<${value.constructor.name} of ${value.byteLength} bytes>`
  return value
}

function plain(value: unknown, above: Set<unknown>): unknown {
  if (value === null || typeof value !== "object") return value
  if (above.has(value)) return "<circular>"
  above.add(value)
  try {
    if (Array.isArray(value)) return value.map((one) => plain(one, above))
    const kept: Record<string, unknown> = {}
    for (const key of Object.keys(value)) {
      try {
        kept[key] = plain((value as Record<string, unknown>)[key], above)
      } catch {
        kept[key] = "<unreadable>"
      }
    }
    return kept
  } finally {
    above.delete(value)
  }
}

/** The value with every text in it changed by `change`; keys stay. */
export function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === "string") return change(value)
  if (value instanceof Snapshot) return mapTexts(JSON.parse(value.text), change)
  if (Array.isArray(value)) return value.map((one) => mapTexts(one, change))
  if (value === null || typeof value !== "object") return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, mapTexts(one, change)]))
}

function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)}… [${text.length - length} characters cut]`
}

const shown = (value: unknown): string =>
  typeof value === "function" ? `<function ${value.name || "anonymous"}>` : String(value)
