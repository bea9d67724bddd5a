/** Checks: what a program thinks of an answer, as a score from 0 to 1 on the trace around it. */

import { guarded } from "../_guard.js"
import { recordScore } from "./_feedback.js"
import { prefixed } from "./_otlp.js"
import { kept, type Target } from "./_target.js"

/** The result of a check. */
export interface CheckOptions {
  expected?: unknown
  actual?: unknown
  methodology?: string | undefined
  label?: string | undefined
  metadata?: Readonly<Record<string, unknown>> | undefined
}

/** Record what a program checked; `score` is 0 … 1, or true and false. */
export function check(name: string, score: number | boolean, options: CheckOptions = {}, target: Target = {}): void {
  guarded("check", () => {
    const value = Number(score)
    recordScore(name, "check", value, target, {
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
