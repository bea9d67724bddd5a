/** Annotations: several judgements and notes about one answer or trace, sent together by `submit()`. */

import { current, currentTrace } from "../context/_scope.js"
import { guarded } from "../_guard.js"
import { check } from "./_checks.js"
import { type Feedback, feedback } from "./_feedback.js"
import { log, tag } from "./_notes.js"
import { recordAbout, type Target } from "./_target.js"

/** Feedback, checks, logs and variables about one answer, sent together by `submit()`. */
export class Annotation {
  private readonly parts: (() => void)[] = []
  private readonly target: Target

  constructor(completionId?: string) {
    // What it is about is settled now: it may be submitted where another trace runs, or none.
    const scope = current()
    const above = currentTrace(scope)
    this.target = {
      completionId,
      traceId: above?.traceId,
      spanId: above?.spanId,
      sessionId: scope.session?.id,
      user: scope.user ?? scope.session?.user,
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
    this.parts.push(() => recordAbout("baserun.variable", attributes, this.target))
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
