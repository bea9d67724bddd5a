import { expect, test } from "vitest"
import { patternOf } from "./words"

const found = (q: string, text: string): string[] => [...text.matchAll(patternOf(q)!)].map(([match]) => match)

test("whole words are found in any case, and phrases verbatim", () => {
  expect(found("order", "My ORDER, orders and reorder: order.")).toEqual(["ORDER", "order"])
  expect(found('"it ships"  today', "Today it ships; it does ship.")).toEqual(["Today", "it ships"])
})

test("excluded words and roles find nothing", () => {
  expect(found("refund -order role:user", "refund of order, role:user")).toEqual(["refund"])
  expect(patternOf('-order role:user ""')).toBeNull()
})

test("special characters are literal, and scripts without spaces are found inside words", () => {
  expect(found("a.b(c)", "axb(c) a.b(c)")).toEqual(["a.b(c)"])
  expect(found("注文", "私の注文は")).toEqual(["注文"])
  expect(found("naïve", "Naïve naïvety")).toEqual(["Naïve", "naïve"])
})
