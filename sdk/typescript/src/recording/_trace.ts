/** Traces: units of the application's work. A trace inside a trace is a step of it. */

import { prefixed } from "./_otlp.js"
import { snapshot } from "./_content.js"
import { type Scope, current, enter, within } from "../context/_scope.js"
import { guarded } from "../_guard.js"
import { cleanId, cleanUser } from "../context/_identity.js"
import { Session } from "./_session.js"
import { INTERNAL, LogRecord, Span } from "./_span.js"

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
    private readonly span: Span,
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
  hold(scope: Scope): this {
    this.leave = enter(scope)
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
      const scope = { session: this.span.session, span: this.span }
      new LogRecord("baserun.trace.update", attributes, undefined, scope).send()
    })
  }
}

/** Begin a trace for the rest of the block: `using trace = baserun.startTrace("answer")`. */
export function startTrace(name = "baserun trace", options: Omit<TraceOptions, "name" | "capture"> = {}): Trace {
  const begun = begin(name, options, undefined)
  return begun.trace.hold(begun.scope)
}

/** The ids of the trace in which the running code works, where there is one. */
export function currentTraceId(): string | undefined {
  return current().span?.traceId
}

/** A trace that has begun, and the scope inside it. */
export interface Begun {
  trace: Trace
  scope: Scope
}

/** Begin a trace in the running scope. */
export function begin(name: string, options: TraceOptions, given: readonly unknown[] | undefined): Begun {
  const before = current()
  const user = options.user === undefined ? undefined : cleanUser(options.user)
  const sessionId = options.sessionId === undefined ? undefined : cleanId(options.sessionId, "session")
  const around: Scope = {
    ...before,
    ...(user && { user }),
    ...(sessionId && { session: new Session(sessionId, user ?? before.session?.user) }),
  }
  const span = new Span(name, INTERNAL, around)
  const kind = options.kind ?? "chain"
  span.attributes["baserun.span.kind"] = kind
  if (options.tags) span.attributes["baserun.tags"] = [...options.tags]
  const input = given && given.length > 0 ? snapshot(given.length === 1 ? given[0] : given) : undefined
  if (kind === "tool") {
    span.attributes["gen_ai.operation.name"] = "execute_tool"
    span.attributes["gen_ai.tool.name"] = name
    span.attributes["gen_ai.tool.call.arguments"] = input
  } else span.attributes["baserun.input"] = input
  return { trace: new Trace(span, options.metadata), scope: { ...around, span } }
}
