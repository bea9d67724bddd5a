/** Judgements: what people thought of an answer. */

import { guarded } from "../_guard.js"
import { prefixed } from "./_otlp.js"
import { recordAbout, type Target } from "./_target.js"

/** A person's judgement: `score` (0 … 1) counts before `thumbsup`, `thumbsup` before `stars` (of 5). */
export interface Feedback {
  thumbsup?: boolean | undefined
  stars?: number | undefined
  score?: number | undefined
  comment?: string | undefined
  metadata?: Readonly<Record<string, unknown>> | undefined
}

/** Record what a person thought: of the running trace and session, or of what `target` names. */
export function feedback(name: string, given: Feedback = {}, target: Target = {}): void {
  guarded("feedback", () => {
    const { value, label } = scoreOf(given)
    const comment = given.comment ?? given.metadata?.["comment"]
    recordScore(name, "feedback", value, target, {
      "gen_ai.evaluation.score.label": label,
      "gen_ai.evaluation.explanation": comment === undefined ? undefined : String(comment),
      ...prefixed("baserun.metadata.", given.metadata),
    })
  })
}

/** Record a judgement. */
export function recordScore(
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
  recordAbout("gen_ai.evaluation.result", attributes, target)
}

function scoreOf(given: Feedback): { value: number | undefined; label: string | undefined } {
  if (given.score !== undefined) return { value: given.score, label: undefined }
  if (given.thumbsup !== undefined) return given.thumbsup ? { value: 1, label: "up" } : { value: 0, label: "down" }
  if (given.stars !== undefined) return { value: given.stars / 5, label: undefined }
  return { value: undefined, label: undefined }
}
