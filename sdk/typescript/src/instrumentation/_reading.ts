/** From the bytes of an exchange to its span. Happens when the span is written, never while the application waits. */

import type { Attributes } from "../recording/_otlp.js"
import { errorType, type Span } from "../recording/_span.js"
import { addressOf, pathOf, providerOf } from "./_providers.js"
import type { Exchange, HowEnded } from "./_exchange.js"
import { type Answer, type Loose, type Reading } from "./wires/_reading.js"
import { parseEvents } from "./_sse.js"
import { wireFor } from "./wires/index.js"

/** Write what an exchange tells onto its span. */
export function readExchange(exchange: Exchange, span: Span, ending: HowEnded): void {
  const path = pathOf(exchange.url)
  const wire = wireFor(path)
  if (!wire) return
  const request = bodyOf(exchange.requestBody)
  const answer = answerOf(exchange, ending)
  const reading = wire.read(request, answer, path)
  if (exchange.firstChunkMs !== undefined && reading.stream) {
    reading.timeToFirstChunk = Math.max(0, exchange.firstChunkMs - span.startMs) / 1000
  }
  const address = addressOf(exchange.url)
  writeReading(span, reading, providerOf(address, exchange.library), ending)
  span.attributes["server.address"] = address.host || undefined
  span.attributes["server.port"] = address.port
}

/** Write a reading onto a span: the part that does not depend on how the call was made. */
export function writeReading(span: Span, reading: Reading, provider: string, ending: HowEnded): void {
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
  const streamEnded =
    said || ending.how === "error" ? "error" : ending.how === "closed" && reading.finished ? "complete" : ending.how
  // In one literal, whose form is known beforehand: forty properties one by one cost more than all that they tell.
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
  for (const key in span.attributes) if (!(key in attributes)) attributes[key] = span.attributes[key]
  span.attributes = attributes
}

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
  if (Array.isArray(body))
    return {
      status: exchange.status,
      body: undefined,
      events: body.map((data: Loose) => ({ data })),
      ending: ending.how,
    }
  return { status: exchange.status, body, events, ending: ending.how }
}

function textOf(chunks: readonly unknown[]): string {
  if (chunks.length === 1 && typeof chunks[0] === "string") return chunks[0]
  if (chunks.every((chunk) => typeof chunk === "string")) return chunks.join("")
  return new TextDecoder().decode(joined(chunks.flatMap(bytesOf)))
}

function bytesOf(chunk: unknown): Uint8Array[] {
  if (typeof chunk === "string") return [new TextEncoder().encode(chunk)]
  if (chunk instanceof Uint8Array) return [chunk]
  if (chunk instanceof ArrayBuffer) return [new Uint8Array(chunk)]
  return ArrayBuffer.isView(chunk) ? [new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength)] : []
}

/** Pieces as one: to decode each by itself would cost several times more. */
function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}

function parsed(text: string): Loose | undefined {
  if (!text.startsWith("{") && !text.startsWith("[")) return undefined
  try {
    return JSON.parse(text) as Loose
  } catch {
    return undefined
  }
}
