/** Traces: units of the application's work. A trace inside a trace is a step of it. */

import { prefixed } from "./_otlp.js"
import { snapshot } from "./_content.js"
import { state } from "../_config.js"
import { type Context, current, enter, within } from "../context/_scope.js"
import { guarded } from "../_guard.js"
import { cleanId, cleanUser } from "../context/_identity.js"
import { watchIterable, watchIterator, watchResponse, watchStream, type Watcher } from "../instrumentation/_streams.js"
import { Session } from "./_session.js"
import { INTERNAL, LogRecord, SpanRecord } from "./_span.js"

/** What a step is. */
export type Kind = "chain" | "agent" | "tool" | "retrieval" | "llm" | "embedding" | "other"

/** How a trace is recorded. */
export interface TraceOptions {
  /** Default: the function's name, else `baserun trace`. */
  name?: string | undefined
  metadata?: Readonly<Record<string, unknown>> | undefined
  /** Default `chain`. */
  kind?: Kind | undefined
  /** User and session of this trace only. */
  user?: string | undefined
  sessionId?: string | undefined
  tags?: readonly string[] | undefined
  /** Whether arguments and result are kept; default true. */
  capture?: boolean | undefined
}

/** A trace, or a step in one, while it runs: assign `result` and `metadata` as it goes. */
export class Trace {
  private given: unknown
  private details: Record<string, unknown>
  private leave: (() => void) | undefined

  constructor(
    private readonly span: SpanRecord,
    metadata: Readonly<Record<string, unknown>> = {},
  ) {
    this.details = { ...metadata }
  }

  /** The trace's id, 32 hex digits. */
  get id(): string {
    return this.span.traceId
  }

  /** The id of this step, 16 hex digits. */
  get spanId(): string {
    return this.span.spanId
  }

  get name(): string {
    return this.span.name
  }

  set name(name: string) {
    this.span.name = name
  }

  /** What came of it; may also be assigned after the trace has ended. */
  get result(): unknown {
    return this.given
  }

  set result(value: unknown) {
    this.given = value
    if (this.span.endMs !== 0) this.update({ "baserun.output": snapshot(value) })
  }

  /** Assign another object, or change this one until the trace ends. */
  get metadata(): Record<string, unknown> {
    return this.details
  }

  set metadata(value: Readonly<Record<string, unknown>>) {
    this.details = { ...value }
    if (this.span.endMs !== 0) this.update(prefixed("baserun.metadata.", this.details))
  }

  /** Add tags. */
  tag(...tags: string[]): void {
    const before = (this.span.attributes["baserun.tags"] as string[] | undefined) ?? []
    this.span.attributes["baserun.tags"] = [...before, ...tags]
  }

  /** Mark the trace as failed. */
  fail(error: unknown): void {
    this.span.fail(error)
  }

  /** Run a function inside the trace. */
  run<T>(run: () => T): T {
    return within({ ...current(), span: this.span }, run)
  }

  /** Make the trace hold for the rest of the running block. */
  hold(context: Context): this {
    this.leave = enter(context)
    return this
  }

  /** End it now. A second end changes nothing. */
  end(error?: unknown): void {
    this.leave?.()
    guarded("end of a trace", () => {
      if (error !== undefined && error !== null) this.span.fail(error)
      const { attributes } = this.span
      Object.assign(attributes, prefixed("baserun.metadata.", this.details))
      const isTool = attributes["baserun.span.kind"] === "tool"
      if (this.given !== undefined)
        attributes[isTool ? "gen_ai.tool.call.result" : "baserun.output"] = snapshot(this.given)
      this.span.end()
    })
  }

  [Symbol.dispose](): void {
    this.end()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.end()
  }

  private update(attributes: Record<string, unknown>): void {
    guarded("update of a trace", () => {
      const context = { session: this.span.session, span: this.span }
      new LogRecord("baserun.trace.update", attributes, undefined, context).send()
    })
  }
}

/**
 * Record each call of a function as a trace, or as a step of the trace that it is called in.
 *
 * Gives a function of the same type: a plain function stays plain, a promise is awaited, and of a stream, an async
 * iterator or a `Response` the trace lasts until it was read. What the function throws goes on.
 */
export function trace<F extends (...given: never[]) => unknown>(run: F, options: TraceOptions | string = {}): F {
  const chosen = typeof options === "string" ? { name: options } : options
  const name = chosen.name || run.name || "baserun trace"
  const traced = function (this: unknown, ...given: never[]): unknown {
    if (!state().queue) return run.apply(this, given)
    const begun = guarded("trace", () => begin(name, chosen, chosen.capture === false ? undefined : given))
    if (!begun) return run.apply(this, given)
    return within(begun.context, () => follow(begun, () => run.apply(this, given), chosen.capture !== false))
  }
  Object.defineProperty(traced, "name", { value: run.name, configurable: true })
  return traced as F
}

/** Begin a trace for the rest of the block: `using trace = baserun.startTrace("answer")`. */
export function startTrace(name = "baserun trace", options: Omit<TraceOptions, "name" | "capture"> = {}): Trace {
  const begun = begin(name, options, undefined)
  return begun.trace.hold(begun.context)
}

/** The ids of the trace in which the running code works, where there is one. */
export function currentTraceId(): string | undefined {
  return current().span?.traceId
}

interface Begun {
  trace: Trace
  context: Context
}

function begin(name: string, options: TraceOptions, given: readonly unknown[] | undefined): Begun {
  const before = current()
  const user = options.user === undefined ? undefined : cleanUser(options.user)
  const sessionId = options.sessionId === undefined ? undefined : cleanId(options.sessionId, "session")
  const around: Context = {
    ...before,
    ...(user && { user }),
    ...(sessionId && { session: new Session(sessionId, user ?? before.session?.user) }),
  }
  const span = new SpanRecord(name, INTERNAL, around)
  const kind = options.kind ?? "chain"
  span.attributes["baserun.span.kind"] = kind
  if (options.tags) span.attributes["baserun.tags"] = [...options.tags]
  const input = given && given.length > 0 ? snapshot(given.length === 1 ? given[0] : given) : undefined
  if (kind === "tool") {
    span.attributes["gen_ai.operation.name"] = "execute_tool"
    span.attributes["gen_ai.tool.name"] = name
    span.attributes["gen_ai.tool.call.arguments"] = input
  } else span.attributes["baserun.input"] = input
  return { trace: new Trace(span, options.metadata), context: { ...around, span } }
}

/** Call the function and end the trace when what it gives has come to its end. */
function follow({ trace: one, context }: Begun, call: () => unknown, capture: boolean): unknown {
  let result: unknown
  try {
    result = call()
  } catch (error) {
    one.end(error)
    throw error
  }
  const settle = (value: unknown): unknown => guarded("result of a trace", () => settled(value)) ?? value
  const failed = (error: unknown): never => {
    one.end(error)
    throw error
  }
  return result instanceof Promise ? followPromise(result) : settle(result)

  function settled(value: unknown): unknown {
    const stream = streamOf(value, watcherOf(one, capture), context)
    if (stream !== undefined) return stream
    if (capture && one.result === undefined && value !== undefined) one.result = value
    one.end()
    return value
  }

  function followPromise(promise: Promise<unknown>): unknown {
    // A promise of a client's own class has methods that a plain one lacks, so it has to stay the very object.
    if (promise.constructor === Promise) return promise.then(settle, failed)
    let isParsed = false
    for (const name of ["parse", "asResponse"]) {
      const own = (promise as unknown as Record<string, unknown>)[name]
      if (typeof own !== "function") continue
      const value = (...given: unknown[]): unknown => {
        isParsed ||= name === "parse"
        const result = own.apply(promise, given) as Promise<unknown>
        // Where both are asked for, the parsed answer is the result.
        return isParsed && name === "asResponse" ? result : result.then(settle, failed)
      }
      Object.defineProperty(promise, name, { value, configurable: true, writable: true })
    }
    if (!("parse" in promise)) {
      const value = (ok?: (value: unknown) => unknown, no?: (error: unknown) => unknown): unknown =>
        Promise.prototype.then.call(promise, settle, failed).then(ok, no)
      Object.defineProperty(promise, "then", { value, configurable: true, writable: true })
    }
    return promise
  }
}

/** What is read bit by bit, with our watcher on it; `undefined` where the value is nothing of the kind. */
function streamOf(value: unknown, watcher: Watcher, context: Context): unknown {
  if (value === null || typeof value !== "object") return undefined
  if (typeof Response !== "undefined" && value instanceof Response) {
    if (!value.body || value.bodyUsed) return undefined
    watchResponse(value, watcher)
    return value
  }
  if (typeof ReadableStream !== "undefined" && value instanceof ReadableStream) {
    watchStream(value, watcher)
    return value
  }
  if (!(Symbol.asyncIterator in value)) return undefined
  if (isAsyncGenerator(value)) {
    watchGenerator(value, watcher, context)
    return value
  }
  // A client's stream: `tee` and the readable form read it through `iterator`.
  const key = typeof (value as { iterator?: unknown }).iterator === "function" ? "iterator" : Symbol.asyncIterator
  watchIterable(value as AsyncIterable<unknown>, watcher, key)
  return value
}

/** The body of a generator runs when it is asked for the next value: inside the trace, whoever asks. */
function watchGenerator(generator: AsyncGenerator<unknown>, watcher: Watcher, context: Context): void {
  const own: AsyncIterator<unknown> = {
    next: generator.next.bind(generator),
    return: generator.return.bind(generator),
    throw: generator.throw.bind(generator),
  }
  const steps = watchIterator(own, watcher, (step) => within(context, step))
  for (const name of ["next", "return", "throw"] as const) {
    Object.defineProperty(generator, name, { value: steps[name], configurable: true, writable: true })
  }
}

function watcherOf(one: Trace, capture: boolean): Watcher {
  const texts: string[] = []
  const values: unknown[] = []
  const finish = (error?: unknown): void => {
    const gathered: unknown =
      texts.length > 0 && values.length === 0 ? texts.join("") : values.length > 0 ? values : undefined
    if (capture && one.result === undefined && gathered !== undefined) one.result = gathered
    one.end(error)
  }
  return {
    chunk(value) {
      if (texts.length + values.length >= 1_000) return
      if (typeof value === "string") texts.push(value)
      else if (!ArrayBuffer.isView(value)) values.push(guarded("value of a trace", () => snapshot(value)))
    },
    ended: () => finish(),
    failed: (error) => finish(error),
  }
}

function isAsyncGenerator(value: object): value is AsyncGenerator<unknown> {
  return Object.prototype.toString.call(value) === "[object AsyncGenerator]"
}
