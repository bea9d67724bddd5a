/**
 * From bytes to a span: which protocol an exchange speaks, and what every protocol has in common.
 *
 * A protocol is one file with `matches(path)` and `read(request, answer)`; both are pure. Reading happens when the span
 * is written, never while the application waits.
 */

import type { Attributes } from "../_attributes.js"
import { errorType, type SpanRecord } from "../_span.js"
import { anthropicMessages } from "./anthropic.js"
import type { Exchange, HowEnded } from "./_exchange.js"
import { googleContent, googleEmbeddings } from "./google.js"
import { type Answer, fold, type Loose, type Reading } from "./_reading.js"
import { openaiAudio, openaiChat, openaiCompletions, openaiEmbeddings, openaiImages } from "./openai.js"
import { openaiResponses } from "./openai_responses.js"
import { parseEvents } from "./_sse.js"

/** A protocol. */
export interface Dialect {
  matches(path: string): boolean
  read(request: Loose, answer: Answer, path: string): Reading
}

/** All protocols, those that are met most often first. */
const DIALECTS: readonly Dialect[] = [
  openaiChat,
  openaiResponses,
  anthropicMessages,
  openaiEmbeddings,
  googleContent,
  googleEmbeddings,
  openaiCompletions,
  openaiImages,
  openaiAudio,
]

/** Providers by the end of their host name. */
const PROVIDERS: readonly (readonly [string, string])[] = [
  ["api.openai.com", "openai"],
  ["api.anthropic.com", "anthropic"],
  ["openai.azure.com", "azure.ai.openai"],
  ["cognitiveservices.azure.com", "azure.ai.openai"],
  ["services.ai.azure.com", "azure.ai.inference"],
  ["models.ai.azure.com", "azure.ai.inference"],
  ["generativelanguage.googleapis.com", "gcp.gemini"],
  ["aiplatform.googleapis.com", "gcp.vertex_ai"],
  ["amazonaws.com", "aws.bedrock"],
  ["api.mistral.ai", "mistral_ai"],
  ["api.groq.com", "groq"],
  ["api.deepseek.com", "deepseek"],
  ["api.x.ai", "x_ai"],
  ["api.perplexity.ai", "perplexity"],
  ["api.cohere.com", "cohere"],
  ["api.cohere.ai", "cohere"],
  ["api.together.xyz", "together_ai"],
  ["api.fireworks.ai", "fireworks_ai"],
  ["openrouter.ai", "openrouter"],
  ["api.moonshot.ai", "moonshot_ai"],
  ["api.moonshot.cn", "moonshot_ai"],
]

/** What a library speaks to when the host says nothing: one on this machine, a gateway of the company. */
const LIBRARIES: Readonly<Record<string, string>> = {
  openai: "openai",
  anthropic: "anthropic",
  google: "gcp.gemini",
  mistral: "mistral_ai",
}

const pathOf = (url: string): string => {
  const start = url.indexOf("/", url.indexOf("://") + 3)
  const query = url.indexOf("?", start)
  return start < 0 ? "/" : url.slice(start, query < 0 ? undefined : query)
}

/** Whether an address is one of a model. */
export function recognises(url: string): boolean {
  const path = pathOf(url)
  return DIALECTS.some((dialect) => dialect.matches(path))
}

/** Write what an exchange tells onto its span. */
export function readExchange(exchange: Exchange, span: SpanRecord, ending: HowEnded): void {
  const path = pathOf(exchange.url)
  const dialect = DIALECTS.find((one) => one.matches(path))
  if (!dialect) return
  const request = bodyOf(exchange.requestBody)
  const answer = answerOf(exchange, ending)
  const reading = dialect.read(request, answer, path)
  if (exchange.firstChunkMs !== undefined && reading.stream) {
    reading.timeToFirstChunk = Math.max(0, exchange.firstChunkMs - span.startMs) / 1000
  }
  writeReading(span, reading, providerOf(exchange.url, exchange.library), ending)
  Object.assign(span.attributes, addressOf(exchange.url))
}

/** Write a reading onto a span: the part that does not depend on how the call was made. */
export function writeReading(span: SpanRecord, reading: Reading, provider: string, ending: HowEnded): void {
  const { request, usage } = reading
  span.name = request.model ? `${reading.operation} ${request.model}` : reading.operation
  const said = reading.error
  if (said && (ending.how === "error" || ending.how === "closed" || ending.how === "complete")) {
    span.failed = true
    span.statusMessage = said.message || span.statusMessage
    span.attributes["error.type"] = said.type || span.attributes["error.type"] || errorType(ending.error)
  } else if (ending.how === "cancelled") {
    span.attributes["error.type"] = "cancelled"
  }
  const streamEnded = said || ending.how === "error" ? "error" : ending.how === "closed" && reading.finished ? "complete" : ending.how
  const attributes: Attributes = {
    "baserun.span.kind": reading.operation === "embeddings" ? "embedding" : "llm",
    "gen_ai.operation.name": reading.operation,
    "gen_ai.provider.name": provider,
    "gen_ai.conversation.id": ending.sessionId ?? reading.conversation,
    "gen_ai.request.model": request.model,
    "gen_ai.request.temperature": request.temperature,
    "gen_ai.request.top_p": request.topP,
    "gen_ai.request.top_k": request.topK,
    "gen_ai.request.max_tokens": request.maxTokens,
    "gen_ai.request.frequency_penalty": request.frequencyPenalty,
    "gen_ai.request.presence_penalty": request.presencePenalty,
    "gen_ai.request.stop_sequences": typeof request.stop === "string" ? [request.stop] : request.stop,
    "gen_ai.request.seed": request.seed,
    "gen_ai.request.choice.count": request.choices,
    "gen_ai.request.stream": reading.stream || undefined,
    "gen_ai.request.previous_response.id": request.previousResponse,
    "gen_ai.output.type": reading.outputType,
    "gen_ai.response.id": reading.responseId,
    "gen_ai.response.model": reading.responseModel,
    "gen_ai.response.finish_reasons": reading.finishReasons?.length ? reading.finishReasons : undefined,
    "gen_ai.response.time_to_first_chunk": reading.timeToFirstChunk,
    "gen_ai.usage.input_tokens": usage?.input,
    "gen_ai.usage.output_tokens": usage?.output,
    "gen_ai.usage.cache_read.input_tokens": usage?.cacheRead,
    "gen_ai.usage.cache_write.input_tokens": usage?.cacheWrite,
    "gen_ai.usage.reasoning.output_tokens": usage?.reasoning,
    "gen_ai.system_instructions": reading.system?.length ? reading.system : undefined,
    "gen_ai.tool.definitions": reading.tools?.length ? reading.tools : undefined,
    "gen_ai.input.messages": reading.input?.length ? reading.input : undefined,
    "gen_ai.output.messages": reading.output?.length ? reading.output : undefined,
    "baserun.provider.user": reading.user?.value,
    "baserun.provider.user_field": reading.user?.field,
    "baserun.stream.ended": reading.stream ? streamEnded : undefined,
  }
  Object.assign(span.attributes, attributes)
}

/** Name of the provider: by the host, else by the library that speaks to a machine without a public name. */
export function providerOf(url: string, library: string): string {
  const host = hostOf(url)
  const known = PROVIDERS.find(([ending]) => host === ending || host.endsWith(`.${ending}`) || host.endsWith(`-${ending}`))
  if (known) return known[1]
  const fallback = LIBRARIES[library]
  const isLocal = host === "localhost" || host.startsWith("127.") || host === "[::1]"
  if (isLocal && url.includes(":11434/")) return "ollama"
  return fallback && (isLocal || fallback !== "openai") ? fallback : host
}

function addressOf(url: string): Attributes {
  if (!URL.canParse(url)) return {}
  const { hostname, port } = new URL(url)
  return { "server.address": hostname, "server.port": port ? Number(port) : undefined }
}

const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).hostname : "")

/** The request's body as an object; of a form its fields that are text. */
function bodyOf(body: unknown): Loose {
  if (typeof body === "string") return parsed(body) ?? {}
  if (body instanceof Uint8Array || body instanceof ArrayBuffer) return parsed(new TextDecoder().decode(body)) ?? {}
  if (typeof FormData !== "undefined" && body instanceof FormData) {
    return Object.fromEntries([...body.entries()].filter(([, value]) => typeof value === "string"))
  }
  return {}
}

function answerOf(exchange: Exchange, ending: HowEnded): Answer {
  const text = textOf(exchange.chunks)
  const trimmed = text.trimStart()
  const isEvents = /^(data|event|id|retry|:)/.test(trimmed)
  const events = isEvents ? parseEvents(text) : []
  const body = isEvents ? undefined : parsed(trimmed)
  // Some providers stream one JSON array instead of events.
  if (Array.isArray(body)) return { status: exchange.status, body: undefined, events: body.map((data: Loose) => ({ data })), ending: ending.how }
  return { status: exchange.status, body, events, ending: ending.how }
}

function textOf(chunks: readonly unknown[]): string {
  if (chunks.length === 1 && typeof chunks[0] === "string") return chunks[0]
  const decoder = new TextDecoder()
  return fold(chunks, "", (text, chunk) => {
    if (typeof chunk === "string") return text + chunk
    if (chunk instanceof ArrayBuffer || ArrayBuffer.isView(chunk)) return text + decoder.decode(chunk as Uint8Array, { stream: true })
    return text
  })
}

function parsed(text: string): Loose | undefined {
  if (!text.startsWith("{") && !text.startsWith("[")) return undefined
  try {
    return JSON.parse(text) as Loose
  } catch {
    return undefined
  }
}
