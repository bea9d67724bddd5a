/**
 * The Vercel AI SDK, versions 5 and 6: pass `experimental_telemetry: telemetry()` to its functions.
 *
 * From version 7 on nothing has to be passed: `baserun.init()` is enough.
 */

import { type Attributes } from "../recording/_otlp.js"
import { Snapshot } from "../recording/_content.js"
import { type Scope, current, within } from "../context/_scope.js"
import { guarded } from "../_guard.js"
import { cleanId, cleanUser } from "../context/_identity.js"
import { nowMs } from "../context/_ids.js"
import { Session } from "../recording/_session.js"
import { CLIENT, INTERNAL, Span } from "../recording/_span.js"
import { messagesOf, outputOf, providerNameOf, toolsOf, usageOf } from "../instrumentation/wires/ai.js"
import { writeReading } from "../instrumentation/_reading.js"
import { argumentsOf, type Loose } from "../instrumentation/wires/_reading.js"

/** What the AI SDK takes as `experimental_telemetry`. */
export interface AiTelemetry {
  isEnabled: true
  functionId?: string
  metadata?: Record<string, string>
  recordInputs?: boolean
  recordOutputs?: boolean
  tracer: AiTracer
}

/** What may be said about a call. `metadata.userId` and `metadata.sessionId` name the user and the session. */
export interface AiTelemetryOptions {
  functionId?: string
  metadata?: Record<string, string>
  recordInputs?: boolean
  recordOutputs?: boolean
}

/** The part of an OpenTelemetry tracer that the AI SDK uses; typed so that its own type accepts it. */
export interface AiTracer {
  startSpan(name: string, options?: object, context?: object): never
  startActiveSpan(name: string, ...given: unknown[]): never
}

/** Record a call of the AI SDK: `generateText({ …, experimental_telemetry: telemetry() })`. */
export function telemetry(options: AiTelemetryOptions = {}): AiTelemetry {
  return { isEnabled: true, ...options, tracer: tracer as unknown as AiTracer }
}

const tracer = {
  startSpan: (name: string, options: { attributes?: Attributes } = {}) =>
    new AiSpan(name, options.attributes, current()),

  startActiveSpan(name: string, ...given: unknown[]): unknown {
    const run = given.at(-1) as (span: AiSpan) => unknown
    const options = (given.length > 1 ? given[0] : {}) as { attributes?: Attributes }
    const span = new AiSpan(name, options.attributes, current())
    return within(span.scope, () => run(span))
  },
}

/** A span as the AI SDK writes it: `ai.*` attributes, read when it ends. */
class AiSpan {
  private readonly record: Span
  private readonly given: Loose
  private error: unknown
  readonly scope: Scope

  constructor(
    private readonly name: string,
    attributes: Attributes = {},
    around: Scope,
  ) {
    this.given = { ...attributes }
    const user = cleanUser(this.given["ai.telemetry.metadata.userId"])
    const sessionId = cleanId(this.given["ai.telemetry.metadata.sessionId"], "session")
    const scope = {
      ...around,
      ...(user && { user }),
      ...(sessionId && { session: new Session(sessionId, user ?? around.session?.user) }),
    }
    this.record = new Span(name, isModelCall(name) ? CLIENT : INTERNAL, scope)
    // A transport of ours beneath a model call would record it again.
    this.scope = { ...scope, span: this.record, ...(isModelCall(name) && { call: { owner: this } }) }
  }

  setAttribute(key: string, value: unknown): this {
    this.given[key] = value
    return this
  }

  setAttributes(attributes: Attributes): this {
    Object.assign(this.given, attributes)
    return this
  }

  setStatus(status: { code: number; message?: string }): this {
    if (status.code === 2) this.error ??= new Error(status.message ?? "")
    return this
  }

  recordException(error: unknown): void {
    this.error = error
  }

  addEvent(): this {
    return this
  }

  addLink(): this {
    return this
  }

  addLinks(): this {
    return this
  }

  updateName(): this {
    return this
  }

  isRecording(): boolean {
    return true
  }

  spanContext(): { traceId: string; spanId: string; traceFlags: number } {
    return { traceId: this.record.traceId, spanId: this.record.spanId, traceFlags: 1 }
  }

  end(): void {
    guarded("AI SDK span", () => {
      if (this.error !== undefined) this.record.fail(this.error)
      write(this.name, this.given, this.record, this.error)
      this.record.end(nowMs())
    })
  }
}

const isModelCall = (name: string): boolean => /\.do(Generate|Stream|Embed)$/.test(name)

function write(name: string, given: Loose, span: Span, error: unknown): void {
  if (name === "ai.toolCall") return writeTool(given, span)
  if (name.endsWith(".doEmbed") || isModelCall(name)) return writeModelCall(name, given, span, error)
  span.name = String(given["ai.telemetry.functionId"] ?? name)
  Object.assign(span.attributes, {
    "baserun.span.kind": "chain",
    "baserun.input": text(given["ai.prompt"] ?? given["ai.value"] ?? given["ai.values"]),
    "baserun.output": text(given["ai.response.text"] ?? given["ai.response.object"]),
  })
}

function writeTool(given: Loose, span: Span): void {
  span.name = String(given["ai.toolCall.name"] ?? "tool")
  Object.assign(span.attributes, {
    "baserun.span.kind": "tool",
    "gen_ai.operation.name": "execute_tool",
    "gen_ai.tool.name": given["ai.toolCall.name"],
    "gen_ai.tool.call.id": given["ai.toolCall.id"],
    "gen_ai.tool.call.arguments": text(given["ai.toolCall.args"]),
    "gen_ai.tool.call.result": text(given["ai.toolCall.result"]),
  })
}

function writeModelCall(name: string, given: Loose, span: Span, error: unknown): void {
  const isEmbedding = name.endsWith(".doEmbed")
  const isStream = name.endsWith(".doStream")
  const values = (given["ai.values"] ?? (given["ai.value"] === undefined ? [] : [given["ai.value"]])) as string[]
  const calls = argumentsOf(given["ai.response.toolCalls"] ?? "[]") as Loose[]
  const content: Loose[] = []
  if (given["ai.response.reasoning"]) content.push({ type: "reasoning", text: given["ai.response.reasoning"] })
  if (given["ai.response.text"]) content.push({ type: "text", text: given["ai.response.text"] })
  if (Array.isArray(calls)) content.push(...calls.map((call) => ({ type: "tool-call", ...call })))
  const usage: Loose = {}
  for (const [key, value] of Object.entries(given)) {
    const [, first, second] = /^ai\.usage\.([^.]+)(?:\.([^.]+))?$/.exec(key) ?? []
    if (first && second) (usage[first] ??= {})[second] = value
    else if (first) usage[first] = value
  }
  const firstMs: unknown = given["ai.response.msToFirstChunk"]
  writeReading(
    span,
    {
      operation: isEmbedding ? "embeddings" : "chat",
      stream: isStream,
      request: {
        model: given["ai.model.id"],
        temperature: given["ai.settings.temperature"] ?? given["gen_ai.request.temperature"],
        topP: given["ai.settings.topP"] ?? given["gen_ai.request.top_p"],
        topK: given["ai.settings.topK"] ?? given["gen_ai.request.top_k"],
        maxTokens: given["ai.settings.maxOutputTokens"] ?? given["gen_ai.request.max_tokens"],
        frequencyPenalty: given["ai.settings.frequencyPenalty"] ?? given["gen_ai.request.frequency_penalty"],
        presencePenalty: given["ai.settings.presencePenalty"] ?? given["gen_ai.request.presence_penalty"],
        stop: given["gen_ai.request.stop_sequences"],
        seed: given["ai.settings.seed"],
      },
      tools: toolsOf(given["ai.prompt.tools"]),
      input: isEmbedding
        ? [{ role: "user", parts: values.map((one) => ({ type: "text", content: argumentsOf(one) })) }]
        : messagesOf(argumentsOf(given["ai.prompt.messages"] ?? "[]")),
      output: isEmbedding
        ? []
        : outputOf({
            content,
            objectText: given["ai.response.object"],
            finishReason: given["ai.response.finishReason"],
          }),
      outputType: given["ai.response.object"] ? "json" : undefined,
      responseId: given["ai.response.id"],
      responseModel: given["ai.response.model"],
      finishReasons: given["ai.response.finishReason"] ? [given["ai.response.finishReason"]] : undefined,
      usage: isEmbedding ? { input: given["ai.usage.tokens"] } : usageOf(usage),
      timeToFirstChunk: isStream && typeof firstMs === "number" ? firstMs / 1000 : undefined,
    },
    providerNameOf(String(given["ai.model.provider"] ?? "")),
    { how: error === undefined ? "complete" : "error", error, streamed: isStream, sessionId: span.session?.id },
  )
}

/** Content that comes as JSON text already. */
function text(value: unknown): unknown {
  if (typeof value !== "string") return value
  const parsed = argumentsOf(value)
  return typeof parsed === "object" && parsed !== null ? new Snapshot(value) : value
}
