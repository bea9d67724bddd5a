/** Checks of a text, in the words of earlier versions: each records its result in the running trace and returns it. */

import { check } from "../recording/_checks.js"
import { notOffered } from "./_not_offered.js"

type Expected = string | readonly string[]

const all = (expected: Expected): readonly string[] => (typeof expected === "string" ? [expected] : expected)

/** A check that compares a text with what was expected. */
type Comparison = (name: string, submission: string, expected: Expected) => boolean

function comparison(
  methodology: string,
  holds: (submission: string, expected: readonly string[]) => boolean,
): Comparison {
  return (name, submission, expected) => {
    const result = holds(submission, all(expected))
    check(name, result, { methodology, expected, actual: submission })
    return result
  }
}

const starts = (text: string, expected: readonly string[]): boolean => expected.some((one) => text.startsWith(one))
const holds = (text: string, expected: readonly string[]): boolean => expected.some((one) => text.includes(one))
const resembles = (text: string, expected: readonly string[]): boolean =>
  expected.some((one) => one.includes(text) || text.includes(one))

const eq = comparison("equals", (text, expected) => expected.includes(text))

/** The checks. Those that would call a model to judge are not offered, see `NotOffered`. */
export const evals = {
  /** Whether the text begins with one of these. */
  match: comparison("match", starts),
  /** Whether the text is one of these. */
  eq,
  /** The same as `eq`. */
  equals: eq,
  /** Whether the text holds one of these. */
  includes: comparison("includes", holds),
  /** Whether the text holds one of these, or is part of one. */
  fuzzyMatch: comparison("fuzzy_match", resembles),
  notMatch: comparison("not_match", (text, expected) => !starts(text, expected)),
  notIncludes: comparison("not_includes", (text, expected) => !holds(text, expected)),
  notFuzzyMatch: comparison("not_fuzzy_match", (text, expected) => !resembles(text, expected)),

  /** Whether the text is JSON. */
  validJson(name: string, submission: string): boolean {
    let result = true
    try {
      JSON.parse(submission)
    } catch {
      result = false
    }
    check(name, result, { methodology: "valid_json", actual: submission })
    return result
  },

  /** A check of the application's own. */
  custom(name: string, submission: string, evaluate: (submission: string) => boolean): boolean {
    const result = evaluate(submission)
    check(name, result, { methodology: "custom", actual: submission })
    return result
  },

  /** A check of the application's own that takes its time. */
  async customAsync(
    name: string,
    submission: string,
    evaluate: (submission: string) => Promise<boolean>,
  ): Promise<boolean> {
    const result = await evaluate(submission)
    check(name, result, { methodology: "custom", actual: submission })
    return result
  },

  modelGradedCustom: notOffered("evals.modelGradedCustom"),
  modelGradedFact: notOffered("evals.modelGradedFact"),
  modelGradedClosedQA: notOffered("evals.modelGradedClosedQA"),
  modelGradedSecurity: notOffered("evals.modelGradedSecurity"),
} as const
