/** Attributes in the forms of OTLP/JSON. Which attributes there are stands in contract/attributes.json. */

import { contentText, embeddedJson, fits, jsonText, Snapshot } from "./_content.js"
import type { Settings, Written } from "../_config.js"

/** Attributes before they are encoded; `undefined` means that the attribute is left out. */
export type Attributes = Record<string, unknown>

/** Attributes that travel as JSON text and hold what people wrote. */
export const CONTENT: ReadonlySet<string> = new Set([
  "baserun.input",
  "baserun.output",
  "gen_ai.input.messages",
  "gen_ai.output.messages",
  "gen_ai.system_instructions",
  "gen_ai.tool.definitions",
  "gen_ai.tool.call.arguments",
  "gen_ai.tool.call.result",
])

/** Numbers that are doubles even where they happen to be whole. */
const DOUBLES = new Set([
  "gen_ai.request.temperature",
  "gen_ai.request.top_p",
  "gen_ai.request.top_k",
  "gen_ai.request.frequency_penalty",
  "gen_ai.request.presence_penalty",
  "gen_ai.response.time_to_first_chunk",
  "gen_ai.evaluation.score.value",
])

/** Attributes as the JSON text of the elements of OTLP's list: those that hold what people wrote, and the rest. */
export interface EncodedAttributes {
  structure: string
  content: string
}

/** Encode attributes; content is redacted, cut to size or left out as the settings say. */
export function encodeAttributes(attributes: Attributes, settings: Settings, more?: Attributes): EncodedAttributes {
  const encoded = { structure: "", content: "" }
  const cut: string[] = []
  collect(attributes, settings, encoded, cut)
  if (more) collect(more, settings, encoded, cut)
  if (cut.length > 0) encoded.content += `,{"key":"baserun.content.truncated","value":${encodeValue("", cut)}}`
  return encoded
}

/** A record from its attributes and what stands before and after them; `body` is content, too. */
export function written(before: string, { structure, content }: EncodedAttributes, body = "", after = ""): Written {
  return {
    start: `${before}"attributes":[${structure}`,
    content: `${structure && content ? "," : ""}${content}]${body}`,
    end: `${after}}`,
  }
}

/** Attributes that are no record's own as one list. */
export function encodeList(attributes: Attributes, settings: Settings): string {
  const { structure, content } = encodeAttributes(attributes, settings)
  return `[${structure}${structure && content ? "," : ""}${content}]`
}

function collect(attributes: Attributes, settings: Settings, encoded: EncodedAttributes, cut: string[]): void {
  for (const key in attributes) {
    const value = attributes[key]
    if (value === undefined || value === null) continue
    if (!CONTENT.has(key)) {
      encoded.structure += (encoded.structure && ",") + startOf(key) + encodeValue(key, value) + "}"
      continue
    }
    if (!settings.captureContent) continue
    const quick = settings.redact
      ? undefined
      : value instanceof Snapshot
        ? JSON.stringify(value.text).slice(1, -1)
        : embeddedJson(value)
    if (quick !== undefined && fits(quick, settings.maxContentBytes)) {
      encoded.content += `${encoded.content && ","}${startOf(key)}{"stringValue":"${quick}"}}`
      continue
    }
    const content = contentText(value, key, settings.maxContentBytes, settings.redact)
    if (content.cut) cut.push(key)
    encoded.content += `${encoded.content && ","}${startOf(key)}{"stringValue":${JSON.stringify(content.text)}}}`
  }
}

const MOST_STARTS = 500
const starts = new Map<string, string>()

/** How an attribute begins on the wire; an application has few different keys. */
function startOf(key: string): string {
  let start = starts.get(key)
  if (start !== undefined) return start
  start = `{"key":${JSON.stringify(key)},"value":`
  if (starts.size >= MOST_STARTS) starts.clear()
  starts.set(key, start)
  return start
}

/** One value as the JSON text of OTLP's AnyValue. */
export function encodeValue(key: string, value: unknown): string {
  switch (typeof value) {
    case "string":
      return `{"stringValue":${JSON.stringify(value)}}`
    case "boolean":
      return `{"boolValue":${value}}`
    case "bigint":
      return `{"intValue":"${value}"}`
    case "number":
      if (Number.isSafeInteger(value) && !DOUBLES.has(key)) return `{"intValue":"${value}"}`
      return Number.isFinite(value) ? `{"doubleValue":${value}}` : `{"stringValue":"${value}"}`
  }
  if (Array.isArray(value) && value.every((one) => one === null || typeof one !== "object")) {
    return `{"arrayValue":{"values":[${value.map((one) => encodeValue(key, one ?? "")).join(",")}]}}`
  }
  return `{"stringValue":${JSON.stringify(value instanceof Snapshot ? value.text : jsonText(value))}}`
}

/** Keys of an object given by the application under a prefix; what is no scalar becomes JSON text. */
export function prefixed(prefix: string, given: object | undefined): Attributes {
  const attributes: Attributes = {}
  for (const [key, value] of Object.entries(given ?? {})) {
    attributes[prefix + key] = value !== null && typeof value === "object" ? jsonText(value) : value
  }
  return attributes
}
