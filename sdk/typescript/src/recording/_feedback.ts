/** Judgements: what people thought of an answer, and what programs checked. And what else is said about a trace. */

import { prefixed } from "./_otlp.js"
import { snapshot } from "./_content.js"
import { current, currentTrace } from "../context/_scope.js"
import { guarded } from "../_guard.js"
import { newTraceId } from "../context/_ids.js"
import { LogRecord } from "./_span.js"

/** A person's judgement: `score` (0 … 1) counts before `thumbsup`, `thumbsup` before `stars` (of 5). */
export interface Feedback {
  thumbsup?: boolean | undefined
  stars?: number | undefined
  score?: number | undefined
  comment?: string | undefined
  metadata?: Readonly<Record<string, unknown>> | undefined
}

/** What a judgement is about, where it is not the running trace. */
export interface Target {
  /** The provider's id of an answer (`completion.id`). */
  completionId?: string | undefined
  traceId?: string | undefined
  spanId?: string | undefined
  sessionId?: string | undefined
  user?: string | undefined
}

/** The result of a check. */
export interface CheckOptions {
  expected?: unknown
  actual?: unknown
  methodology?: string | undefined
  label?: string | undefined
  metadata?: Readonly<Record<string, unknown>> | undefined
}

/** Record what a person thought: of the running trace and session, or of what `target` names. */
export function feedback(name: string, given: Feedback = {}, target: Target = {}): void {
  guarded("feedback", () => {
    const { value, label } = scoreOf(given)
    const comment = given.comment ?? given.metadata?.["comment"]
    judge(name, "feedback", value, target, {
      "gen_ai.evaluation.score.label": label,
      "gen_ai.evaluation.explanation": comment === undefined ? undefined : String(comment),
      ...prefixed("baserun.metadata.", given.metadata),
    })
  })
}

/** Record what a program checked; `score` is 0 … 1, or true and false. */
export function check(name: string, score: number | boolean, options: CheckOptions = {}, target: Target = {}): void {
  guarded("check", () => {
    const value = Number(score)
    judge(name, "check", value, target, {
      "gen_ai.evaluation.score.label": options.label ?? (value >= 1 ? "pass" : value <= 0 ? "fail" : undefined),
      "baserun.score.expected": kept(options.expected),
      "baserun.score.actual": kept(options.actual),
      ...prefixed("baserun.metadata.", {
        ...(options.methodology && { methodology: options.methodology }),
        ...options.metadata,
      }),
    })
  })
}

/** Log something of the application's into the running trace, or into the session where no trace runs. */
export function log(name: string, payload?: object | string, target: Target = {}): void {
  guarded("log", () => record("baserun.log", { "baserun.log.name": String(name) }, target, kept(payload)))
}

/** Put a tag on the running trace, or on what `target` names. */
export function tag(
  key: string,
  value?: unknown,
  options: Target & { metadata?: Readonly<Record<string, unknown>> } = {},
): void {
  guarded("tag", () => {
    const attributes = {
      "baserun.tag.key": String(key),
      "baserun.tag.value": value === undefined ? undefined : (JSON.stringify(value) ?? String(value)),
      ...prefixed("baserun.metadata.", options.metadata),
    }
    record("baserun.tag", attributes, options)
  })
}

/** What went into a prompt, by name. */
export interface InputVariable {
  key: string
  value: unknown
  label?: string | undefined
  testCaseId?: string | undefined
  template?: string | undefined
  templateId?: string | undefined
}

/** Record a variable of a prompt in the running trace. */
export async function submitInputVariable(variable: InputVariable): Promise<void> {
  guarded("submitInputVariable", () => {
    const { key, value, ...others } = variable
    const attributes = {
      "baserun.variable.key": String(key),
      "baserun.variable.value": JSON.stringify(value) ?? String(value),
      ...prefixed("baserun.metadata.", others),
    }
    record("baserun.variable", attributes, {})
  })
}

/** Feedback, checks, logs and variables about one answer, sent together by `submit()`. */
export class Annotation {
  private readonly parts: (() => void)[] = []
  private readonly target: Target

  constructor(completionId?: string) {
    // What it is about is settled now: it may be submitted where another trace runs, or none.
    const context = current()
    const above = currentTrace(context)
    this.target = {
      completionId,
      traceId: above?.traceId,
      spanId: above?.spanId,
      sessionId: context.session?.id,
      user: context.user ?? context.session?.user,
    }
  }

  /** What a person thought. */
  feedback(name = "General Feedback", given: Feedback = {}): this {
    this.parts.push(() => feedback(name, given, this.target))
    return this
  }

  /** What a program checked. */
  check(
    name: string,
    methodology: string,
    expected: unknown,
    actual: unknown,
    score = 0,
    metadata?: Readonly<Record<string, unknown>>,
  ): this {
    this.parts.push(() => check(name, score, { methodology, expected, actual, metadata }, this.target))
    return this
  }

  /** Whether the text holds one of these, however it is written in capitals. */
  checkIncludes(
    name: string,
    expected: string | readonly string[],
    actual: string,
    metadata?: Readonly<Record<string, unknown>>,
  ): this {
    const wanted = typeof expected === "string" ? [expected] : expected
    const holds = wanted.some((one) => actual.toLowerCase().includes(one.toLowerCase()))
    return this.check(name, "includes", wanted, actual, Number(holds), metadata)
  }

  /** Something of the application's. */
  log(name: string, metadata?: object | string): this {
    this.parts.push(() => log(name, metadata, this.target))
    return this
  }

  /** A tag. */
  tag(key: string, value?: unknown): this {
    this.parts.push(() => tag(key, value, this.target))
    return this
  }

  /** A variable of the prompt. */
  input(key: string, value: unknown): this {
    const attributes = { "baserun.variable.key": key, "baserun.variable.value": JSON.stringify(value) ?? String(value) }
    this.parts.push(() => record("baserun.variable", attributes, this.target))
    return this
  }

  /** Hand everything over to delivery. Never rejects. */
  async submit(): Promise<void> {
    for (const part of this.parts.splice(0)) guarded("annotation", part)
  }
}

/** Begin an annotation of an answer (by the provider's id of it), or of the running trace. */
export function annotate(completionId?: string): Annotation {
  return new Annotation(completionId)
}

function judge(
  name: string,
  source: string,
  value: number | undefined,
  target: Target,
  others: Record<string, unknown>,
): void {
  const attributes = {
    "gen_ai.evaluation.name": String(name),
    "gen_ai.evaluation.score.value": value,
    "baserun.score.source": source,
    ...others,
  }
  record("gen_ai.evaluation.result", attributes, target)
}

function record(eventName: string, attributes: Record<string, unknown>, target: Target, body?: unknown): void {
  const named: Record<string, unknown> = { "gen_ai.response.id": target.completionId }
  if (target.sessionId !== undefined) named["session.id"] = target.sessionId
  if (target.user !== undefined) named["user.id"] = target.user
  const above = target.traceId ? { traceId: target.traceId, spanId: target.spanId ?? "" } : currentTrace()
  // Something logged in no trace is a trace of its own: it has to stand somewhere.
  const where = above ?? (eventName === "baserun.log" ? { traceId: newTraceId(), spanId: "" } : undefined)
  new LogRecord(eventName, { ...attributes, ...named }, body, current(), where).send()
}

function scoreOf(given: Feedback): { value: number | undefined; label: string | undefined } {
  if (given.score !== undefined) return { value: given.score, label: undefined }
  if (given.thumbsup !== undefined) return given.thumbsup ? { value: 1, label: "up" } : { value: 0, label: "down" }
  if (given.stars !== undefined) return { value: given.stars / 5, label: undefined }
  return { value: undefined, label: undefined }
}

const kept = (value: unknown): unknown => (value === undefined ? undefined : snapshot(value))
