/**
 * Living beside OpenTelemetry: a span processor for applications that set it up themselves.
 *
 * `new NodeTracerProvider({ spanProcessors: [new BaserunSpanProcessor()] })` sends the spans of any instrumentation
 * (chains, tools, retrievals) to Baserun, each with the session and the user of the code that began it. What we
 * record ourselves becomes a child of the span of OpenTelemetry that it happens in. Nothing of ours enters the
 * application's provider or its exporters.
 */

import { type Attributes, type EncodedAttributes, encodeAttributes, encodeList, written } from "../recording/_otlp.js"
import { type Recordable, type Settings, type SpanIds, state, type Written } from "../_config.js"
import { current, currentUser } from "../context/_scope.js"
import { guarded } from "../_guard.js"
import { flush } from "../_init.js"
import { isSampled } from "../recording/_sampling.js"

/** The part of OpenTelemetry's span that we read; its own types fit. */
export interface OtelSpan {
  readonly name: string
  readonly kind: number
  readonly startTime: readonly [number, number]
  readonly endTime: readonly [number, number]
  readonly status: { readonly code: number; readonly message?: string }
  readonly attributes: Readonly<Record<string, unknown>>
  readonly events: readonly {
    readonly name: string
    readonly time: readonly [number, number]
    readonly attributes?: object
  }[]
  readonly parentSpanContext?: { readonly spanId: string }
  readonly parentSpanId?: string
  readonly instrumentationScope?: { readonly name: string; readonly version?: string }
  spanContext(): { readonly traceId: string; readonly spanId: string }
}

/** A span that has just begun. */
export interface OtelOpenSpan {
  setAttribute(key: string, value: string): unknown
  readonly attributes?: Readonly<Record<string, unknown>>
}

/** Which spans go to Baserun. */
export interface SpanProcessorOptions {
  /** Default: those of language models, their tools and frameworks. `() => true` sends all. */
  filter?: ((span: OtelSpan) => boolean) | undefined
}

/** Sends spans of OpenTelemetry to Baserun, with session and user. It changes and holds up nothing of the application's. */
export class BaserunSpanProcessor {
  private readonly filter: (span: OtelSpan) => boolean

  constructor(options: SpanProcessorOptions = {}) {
    this.filter = options.filter ?? isOfModels
    state().foreignSpan = activeSpan
  }

  onStart(span: OtelOpenSpan): void {
    guarded("span processor", () => {
      const scope = current()
      const user = currentUser(scope)
      if (scope.session && span.attributes?.["session.id"] === undefined)
        span.setAttribute("session.id", scope.session.id)
      if (user && span.attributes?.["user.id"] === undefined) span.setAttribute("user.id", user)
    })
  }

  onEnd(span: OtelSpan): void {
    guarded("span processor", () => {
      const sampled = isSampled(current(), span.spanContext().traceId)
      if (sampled && this.filter(span)) state().delivery?.record(new ForeignSpan(span))
    })
  }

  forceFlush(): Promise<void> {
    return flush()
  }

  shutdown(): Promise<void> {
    return flush()
  }
}

interface OtelGlobals {
  [key: symbol]:
    | { context?: { active(): { getValue(key: symbol): { spanContext(): SpanIds } | undefined } } }
    | undefined
}

const API = Symbol.for("opentelemetry.js.api.1")
const SPAN_KEY = Symbol.for("OpenTelemetry Context Key SPAN")
const NO_TRACE = "0".repeat(32)

/** The span of OpenTelemetry that is active; asked of its global, so that we need no package of it. */
function activeSpan(): SpanIds | undefined {
  const ids = (globalThis as OtelGlobals)[API]?.context?.active().getValue(SPAN_KEY)?.spanContext()
  return ids && ids.traceId !== NO_TRACE ? ids : undefined
}

/** Signs of spans that are about models, in the words of the instrumentations of the field. */
const SIGNS = /^(gen_ai\.|llm\.|ai\.|openinference\.|traceloop\.|langfuse\.|langsmith\.|baserun\.|mcp\.)/

function isOfModels(span: OtelSpan): boolean {
  return Object.keys(span.attributes).some((key) => SIGNS.test(key))
}

/** A span of somebody else's, sent as it is: the server reads every dialect. */
class ForeignSpan implements Recordable {
  readonly signal = "spans"
  readonly sizeBytes: number
  private readonly attributes: Attributes

  constructor(private readonly span: OtelSpan) {
    this.attributes = { ...span.attributes }
    this.sizeBytes =
      500 +
      Object.values(this.attributes).reduce<number>((sum, one) => sum + (typeof one === "string" ? one.length : 16), 0)
  }

  write(settings: Settings): Written {
    const { span } = this
    const { traceId, spanId } = span.spanContext()
    const parent = span.parentSpanContext?.spanId ?? span.parentSpanId
    const kept = settings.captureContent ? this.attributes : withoutContent(this.attributes)
    const redacted = settings.redact ? redactTexts(kept, settings.redact) : kept
    const status = `{"code":${span.status.code}${span.status.message ? `,"message":${JSON.stringify(span.status.message)}` : ""}}`
    const events = span.events.map(
      (event) =>
        `{"name":${JSON.stringify(event.name)},"timeUnixNano":"${nanosecondsOf(event.time)}",` +
        `"attributes":${encodeList({ ...event.attributes } as Attributes, settings)}}`,
    )
    const before =
      `{"traceId":"${traceId}","spanId":"${spanId}",${parent ? `"parentSpanId":"${parent}",` : ""}` +
      // OpenTelemetry's own numbers for the kind begin one lower than the wire's.
      `"name":${JSON.stringify(span.name)},"kind":${span.kind + 1},"startTimeUnixNano":"${nanosecondsOf(span.startTime)}",` +
      `"endTimeUnixNano":"${nanosecondsOf(span.endTime)}","status":${status},`
    return written(before, apart(redacted, settings), "", `,"events":[${events.join(",")}]`)
  }
}

/** Characters from which on a text of a dialect that we do not know counts as content. */
const LONG_TEXT = 200

function apart(attributes: Attributes, settings: Settings): EncodedAttributes {
  const isLong = (value: unknown): boolean => typeof value === "string" && value.length > LONG_TEXT
  const entries = Object.entries(attributes)
  const long = encodeAttributes(Object.fromEntries(entries.filter(([, value]) => isLong(value))), settings)
  const short = encodeAttributes(Object.fromEntries(entries.filter(([, value]) => !isLong(value))), settings)
  return {
    structure: short.structure,
    content: [short.content, long.structure, long.content].filter(Boolean).join(","),
  }
}

/** Attributes of any dialect that hold what people wrote. */
const CONTENT_KEY =
  /(^|[._])(input|output|prompts?|completions?|contents?|messages?|arguments|args|result|text|documents?|object|values?|system_instructions)([._]|$)/

function withoutContent(attributes: Attributes): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).filter(([key]) => /usage|token/.test(key) || !CONTENT_KEY.test(key)),
  )
}

function redactTexts(attributes: Attributes, redact: (text: string, where: string) => string): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).map(([key, value]) => [key, typeof value === "string" ? redact(value, key) : value]),
  )
}

const nanosecondsOf = ([seconds, nanoseconds]: readonly [number, number]): string =>
  String(BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds))
