import { describe, expect, test } from "vitest"
import { printFilter } from "./grammar"
import { readTyped } from "./typed"

const fields = new Set(["errors", "model", "cost_usd"])
const read = (text: string) => {
  const { clauses, words, problem } = readTyped(text, fields)
  return { filter: printFilter(clauses), words, problem }
}

describe("typed text is split into conditions and words", () => {
  test("words alone are a search", () => {
    expect(read("where is my order")).toEqual({ filter: "", words: "where is my order", problem: null })
  })
  test("conditions and words can be mixed", () => {
    expect(read('refund errors>=1 lamp -model:"gpt 4"')).toEqual({
      filter: 'errors>=1 -model:"gpt 4"',
      words: "refund lamp",
      problem: null,
    })
  })
  test("a phrase stays together", () => {
    expect(read('"my order" errors>0')).toEqual({ filter: "errors>0", words: '"my order"', problem: null })
  })
  test("a URL and a word before a colon are words, because there is no such field", () => {
    expect(read("https://example.org/a?b=1 note:x")).toEqual({
      filter: "",
      words: "https://example.org/a?b=1 note:x",
      problem: null,
    })
  })
  test("metadata, traits and scores accept any key", () => {
    expect(read("meta.plan:pro score.helpful<0.5")).toEqual({
      filter: "meta.plan:pro score.helpful<0.5",
      words: "",
      problem: null,
    })
  })
  test("half a condition reports what was expected", () => {
    expect(read("errors>=")).toEqual({ filter: "", words: "", problem: "expected a value" })
  })
})
