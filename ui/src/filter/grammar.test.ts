import { readFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { FilterError, parseFilter, printFilter } from "./grammar"

type Examples = {
  valid: { text: string; clauses: unknown[]; printed?: string }[]
  invalid: { text: string; position: number }[]
}
const examples = JSON.parse(
  readFileSync(new URL("../../../contract/filters.json", import.meta.url), "utf8"),
) as Examples

describe("the parser agrees with the contract", () => {
  test.each(examples.valid)("`$text` is parsed", ({ text, clauses }) => {
    expect(parseFilter(text)).toEqual(clauses)
  })

  test.each(examples.valid)(
    "`$text` is printed in its shortest form, which parses to the same clauses",
    ({ text, printed }) => {
      const clauses = parseFilter(text)
      expect(printFilter(clauses)).toBe(printed ?? text)
      expect(parseFilter(printFilter(clauses))).toEqual(clauses)
    },
  )

  test.each(examples.invalid)("`$text` is refused at $position", ({ text, position }) => {
    expect(() => parseFilter(text)).toThrow(FilterError)
    try {
      parseFilter(text)
    } catch (error) {
      expect((error as FilterError).position).toBe(position)
    }
  })
})

test("positions count characters, not UTF-16 units", () => {
  expect(() => parseFilter("a:😀 b")).toThrow(expect.objectContaining({ position: 5 }))
})
