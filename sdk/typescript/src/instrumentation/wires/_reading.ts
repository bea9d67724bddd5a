/** What every protocol is read into, and the small functions that reading them shares. */

/** JSON of somebody else: whatever form it has is found out by looking. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Loose = { [key: string]: any }

/** A part of a message, in the form of the GenAI conventions. */
export type Part = { type: string } & Loose

/** A message, in the form of the GenAI conventions. */
export interface Message {
  role: string
  parts: Part[]
  finish_reason?: string
}

/** One event whose data is JSON. */
export interface ServerEvent {
  event?: string | undefined
  data: Loose
}

/** What came back. */
export interface Answer {
  status: number | undefined
  /** A whole answer. */
  body: Loose | undefined
  /** A streamed answer, as far as it was read. */
  events: ServerEvent[]
  ending: string
}

/** Counts that include their parts; what is unknown is left out. */
export interface Usage {
  input?: number | undefined
  output?: number | undefined
  cacheRead?: number | undefined
  cacheWrite?: number | undefined
  reasoning?: number | undefined
}

/** One call, whatever protocol it spoke. */
export interface Reading {
  operation: string
  request: {
    model?: string | undefined
    temperature?: number | undefined
    topP?: number | undefined
    topK?: number | undefined
    maxTokens?: number | undefined
    frequencyPenalty?: number | undefined
    presencePenalty?: number | undefined
    stop?: string | string[] | undefined
    seed?: number | undefined
    choices?: number | undefined
    previousResponse?: string | undefined
  }
  stream?: boolean
  system?: Part[] | undefined
  tools?: Loose[] | undefined
  input?: Message[] | undefined
  output?: Message[] | undefined
  outputType?: string | undefined
  responseId?: string | undefined
  responseModel?: string | undefined
  finishReasons?: string[] | undefined
  usage?: Usage | undefined
  user?: { value: string; field: string } | undefined
  /** The provider's own conversation, where the request names one. */
  conversation?: string | undefined
  error?: { type?: string | undefined; message: string } | undefined
  timeToFirstChunk?: number | undefined
  /** Whether the provider had said all, although the reader stopped before the end of the bytes. */
  finished?: boolean | undefined
}

/** A protocol. */
export interface Wire {
  recognises(path: string): boolean
  read(request: Loose, answer: Answer, path: string): Reading
}

/** What is shared by the protocols of a house, with what is one protocol's own; a spread would cost fifty times more. */
export const completed = (shared: Reading, own: Partial<Reading>): Reading => Object.assign(shared, own)

/** The first of these fields that names an end user. `metadata.user_id` looks one level deeper. */
export function userOf(request: Loose, fields: readonly string[]): Reading["user"] {
  for (const field of fields) {
    const dot = field.indexOf(".")
    const value: unknown = dot < 0 ? request[field] : request[field.slice(0, dot)]?.[field.slice(dot + 1)]
    if (typeof value === "string" && value !== "") return { value, field }
  }
  return undefined
}

/** Arguments of a tool: parsed where they are JSON, else as they came. */
export function argumentsOf(given: unknown): unknown {
  if (typeof given !== "string") return given ?? {}
  if (given === "") return {}
  try {
    return JSON.parse(given)
  } catch {
    return given
  }
}

/** A part for something given by its address: inline data of a `data:` URL, else the address. */
export function fileAt(url: string, modality: string): Part {
  const inline = /^data:([^;,]*)[^,]*;base64,/.exec(url.slice(0, 200))
  if (!inline) return { type: "uri", modality, uri: url }
  return { type: "blob", modality, mime_type: inline[1], content: url.slice(inline[0].length) }
}

/** A count, where there is one. */
export function count(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined
}

/** The sum of counts; unknown where all are. */
export function sum(...values: unknown[]): number | undefined {
  const known = values.map(count).filter((one) => one !== undefined)
  return known.length === 0 ? undefined : known.reduce((total, one) => total + one, 0)
}

/** A list that may be missing, or may be something else. */
export const list = (value: unknown): Loose[] => (Array.isArray(value) ? (value as Loose[]) : [])

/** An error in an answer: `{error: {message, type, code}}`, or the error itself, or a text. */
export function errorOf(body: Loose | undefined, status: number | undefined): Reading["error"] {
  const given: unknown = body?.["error"] ?? (status !== undefined && status >= 400 ? body : undefined)
  if (given === undefined || given === null) {
    return status !== undefined && status >= 400 ? { type: `http_${status}`, message: "" } : undefined
  }
  if (typeof given === "string") return { type: status ? `http_${status}` : undefined, message: given }
  const error = given as Loose
  const type: unknown = typeof error["code"] === "string" ? error["code"] : (error["type"] ?? error["status"])
  return {
    type: typeof type === "string" && type !== "" && type !== "error" ? type : status ? `http_${status}` : undefined,
    message: String(error["message"] ?? error["detail"] ?? ""),
  }
}
