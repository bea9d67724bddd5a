/** Calls of earlier versions that are out of scope: prompt templates, data sets, and evaluators that call a model. */

import { message, NotOffered } from "../errors.js"

/** A function that says why it is none. */
export function notOffered(name: string): (...given: unknown[]) => never {
  return () => {
    const about = name.startsWith("evals.") ? "evaluators that call a model" : "prompt templates"
    const instead = name.startsWith("evals.")
      ? "judge with a call of your own and record the result by `baserun.check(name, score)`"
      : "format prompts in the application and record what went in by `baserun.submitInputVariable({ key, value })`"
    throw new NotOffered(
      message(
        `baserun.${name}() is not offered: Baserun records users, sessions and calls, and has no ${about}`,
        instead,
      ),
    )
  }
}
