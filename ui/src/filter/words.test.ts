import { expect, test } from "vitest"
import { patternOf } from "./words"

const marked = (q: string, text: string): string[] => [...text.matchAll(patternOf(q)!)].map(([found]) => found)

test("whole words are marked in any case, and phrases as they stand", () => {
  expect(marked("order", "My ORDER, orders and reorder: order.")).toEqual(["ORDER", "order"])
  expect(marked('"it ships"  today', "Today it ships; it does ship.")).toEqual(["Today", "it ships"])
})

test("what is unwanted and who said it mark nothing", () => {
  expect(marked("refund -order role:user", "refund of order, role:user")).toEqual(["refund"])
  expect(patternOf('-order role:user ""')).toBeNull()
})

test("signs have no meaning, and scripts without blanks are found inside", () => {
  expect(marked("a.b(c)", "axb(c) a.b(c)")).toEqual(["a.b(c)"])
  expect(marked("注文", "私の注文は")).toEqual(["注文"])
  expect(marked("naïve", "Naïve naïvety")).toEqual(["Naïve", "naïve"])
})
