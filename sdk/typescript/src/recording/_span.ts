/** A timed step while it runs, and how it is written for the wire. */

import { type Attributes, encodeAttributes, encodeList, written } from "./_otlp.js"
import { contentText, Snapshot } from "./_content.js"
import { type Recordable, type Settings, type SpanIds, state, type Written } from "../_config.js"
import {
  current,
  type EnteredSession,
  type RunningSpan,
  type Scope,
  currentTrace,
  currentUser,
} from "../context/_scope.js"
import { guarded } from "../_guard.js"
import { newSpanId, newTraceId, nanoseconds, nowMs } from "../context/_ids.js"
import { isSampled } from "./_sampling.js"

/** OTLP's numbers for the kinds that we send. */
export const INTERNAL = 1
export const CLIENT = 3

/** Characters that a record takes beside its content, about. */
const STRUCTURE_BYTES = 1_000
const RECORD_BYTES = 500

/** Something that happened at a moment inside a span. */
export interface SpanEvent {
  name: string
  atMs: number
  attributes: Attributes
}

/** A span: made at its start, handed over at its end, written when it is sent. */
export class Span implements Recordable, RunningSpan {
  readonly signal = "spans"
  readonly traceId: string
  readonly spanId = newSpanId()
  readonly parentSpanId: string | undefined
  /** The first span of the trace in this process. */
  readonly root: RunningSpan
  session: EnteredSession | undefined
  private readonly givenUser: string | undefined
  readonly sampled: boolean
  /** The span of OpenTelemetry in which this one began. */
  readonly foreignSpanId: string | undefined
  private userAtEnd: string | undefined
  endMs = 0
  failed = false
  statusMessage = ""
  attributes: Attributes = {}
  events: SpanEvent[] | undefined
  /** Gives what only reading can tell (messages, usage); called when the span is written. */
  read: (() => void) | undefined
  sizeBytes = STRUCTURE_BYTES

  constructor(
    public name: string,
    readonly kind: number,
    scope: Scope = current(),
    readonly startMs: number = nowMs(),
  ) {
    const above = currentTrace(scope)
    this.foreignSpanId = state().foreignSpan?.()?.spanId
    this.traceId = above?.traceId ?? newTraceId()
    this.parentSpanId = above?.spanId
    this.root = scope.span?.root ?? this
    this.session = scope.session
    this.givenUser = scope.user
    this.sampled = scope.span?.sampled ?? isSampled(scope, this.traceId)
  }

  /** The user as known now: one that is named later in the session holds from then on. */
  get user(): string | undefined {
    return this.givenUser ?? this.session?.user
  }

  /** Mark the span as failed. */
  fail(error: unknown, type?: string): void {
    this.failed = true
    guarded("error of a span", () => {
      const named = error as { name?: unknown; message?: unknown } | null | undefined
      const isObject = typeof error === "object" && error !== null
      this.statusMessage = String((isObject && named?.message) || (isObject ? "" : error) || "").slice(0, 4_096)
      this.attributes["error.type"] = type ?? errorType(error)
    })
  }

  /** End the span and hand it over to delivery. Ending twice changes nothing. */
  end(endMs: number = nowMs()): void {
    if (this.endMs !== 0) return
    this.endMs = Math.max(endMs, this.startMs)
    this.userAtEnd = this.user
    if (this.sampled) state().delivery?.record(this)
  }

  write(settings: Settings): Written {
    const { read } = this
    this.read = undefined
    if (read) guarded("reading a call", read)
    const attributes = encodeAttributes(this.attributes, settings, {
      "session.id": this.session?.id,
      "user.id": this.userAtEnd,
      "baserun.id.original": this.session?.originalId,
    })
    const status = this.failed ? `{"code":2,"message":${JSON.stringify(this.statusMessage)}}` : "{}"
    const before =
      `{"traceId":"${this.traceId}","spanId":"${this.spanId}",` +
      (this.parentSpanId ? `"parentSpanId":"${this.parentSpanId}",` : "") +
      `"name":${JSON.stringify(this.name)},"kind":${this.kind},"startTimeUnixNano":"${nanoseconds(this.startMs)}",` +
      `"endTimeUnixNano":"${nanoseconds(this.endMs)}","status":${status},`
    const events = this.events ? `,"events":[${this.events.map((event) => writeEvent(event, settings)).join(",")}]` : ""
    return written(before, attributes, "", events)
  }
}

/** The class of an error in one word. */
export function errorType(error: unknown): string {
  if (typeof error !== "object" || error === null) return typeof error
  const { code, name, constructor } = error as { code?: unknown; name?: unknown; constructor?: { name?: string } }
  if (typeof code === "string" && code !== "" && name === "Error") return code
  return name !== "Error" && typeof name === "string" && name ? name : (constructor?.name ?? "Error")
}

/** A record for something that is no span: it carries session, user, trace and span of the running code. */
export class LogRecord implements Recordable {
  readonly signal = "logs"
  private readonly atMs = nowMs()
  private readonly above: SpanIds | undefined
  private readonly sampled: boolean
  private readonly attributes: Attributes
  readonly sizeBytes: number

  constructor(
    readonly eventName: string,
    attributes: Attributes,
    private readonly body?: unknown,
    scope: Scope = current(),
    above: SpanIds | undefined = currentTrace(scope),
  ) {
    this.above = above
    this.attributes = {
      "baserun.event.id": newTraceId(),
      "session.id": scope.session?.id,
      "user.id": currentUser(scope),
      ...attributes,
    }
    this.sampled = scope.span ? scope.span.sampled : isSampled(scope, above?.traceId ?? newTraceId())
    this.sizeBytes =
      RECORD_BYTES + (typeof body === "string" ? body.length : body instanceof Snapshot ? body.text.length : 0)
  }

  /** Hand the record over to delivery. */
  send(): void {
    if (this.sampled) state().delivery?.record(this)
  }

  write(settings: Settings): Written {
    const attributes = encodeAttributes(this.attributes, settings)
    const body = this.body === undefined || !settings.captureContent ? "" : `,"body":${writeBody(this.body, settings)}`
    const where = this.above ? `"traceId":"${this.above.traceId}","spanId":"${this.above.spanId}",` : ""
    const before = `{"timeUnixNano":"${nanoseconds(this.atMs)}",${where}"severityNumber":9,"eventName":${JSON.stringify(this.eventName)},`
    return written(before, attributes, body)
  }
}

function writeEvent(event: SpanEvent, settings: Settings): string {
  return (
    `{"name":${JSON.stringify(event.name)},"timeUnixNano":"${nanoseconds(event.atMs)}",` +
    `"attributes":${encodeList(event.attributes, settings)}}`
  )
}

function writeBody(body: unknown, settings: Settings): string {
  const { text } = contentText(body, "body", settings.maxContentBytes, settings.redact)
  return anyValue(JSON.parse(text))
}

/** A structured value as OTLP's AnyValue. */
function anyValue(value: unknown): string {
  if (value === null || value === undefined) return "{}"
  if (typeof value === "string") return `{"stringValue":${JSON.stringify(value)}}`
  if (typeof value === "boolean") return `{"boolValue":${value}}`
  if (typeof value === "number")
    return Number.isSafeInteger(value) ? `{"intValue":"${value}"}` : `{"doubleValue":${value}}`
  if (Array.isArray(value)) return `{"arrayValue":{"values":[${value.map(anyValue).join(",")}]}}`
  const entries = Object.entries(value).map(([key, one]) => `{"key":${JSON.stringify(key)},"value":${anyValue(one)}}`)
  return `{"kvlistValue":{"values":[${entries.join(",")}]}}`
}
