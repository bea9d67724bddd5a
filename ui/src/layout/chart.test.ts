import { describe, expect, test } from "vitest"
import { barPaths, ceiling, change, largest, linePath, type Values } from "./chart"

describe("the axis of a chart", () => {
  test("ends at a round number no less than every value", () => {
    expect([0.031, 7, 10, 11, 240, 0].map(ceiling)).toEqual([0.04, 8, 10, 15, 300, 1])
  })
  test("covers the sums of stacked values", () => {
    const most = (stacked: boolean, ...series: Values[]): number => largest(series, stacked)
    expect(most(true, [1, null], [2, 4])).toBe(4)
    expect(most(true, [3, null], [2, 1])).toBe(5)
    expect(most(false, [3, null], [2, 1])).toBe(3)
  })
})

describe("a line", () => {
  test("goes through the middle of each interval and breaks where a value is missing", () => {
    expect(linePath([0, 10, null, 5, 5], 10)).toBe("M10 100L30 0M70 50L90 50")
  })
  test("shows a value between two gaps as a dash as wide as its interval", () => {
    expect(linePath([null, 5, null, null], 10)).toBe("M25 50H50")
  })
})

describe("bars", () => {
  test("are stacked, and nothing is drawn for zero or a missing value", () => {
    const [below, above] = barPaths(
      [
        [2, 0],
        [3, null],
      ],
      10,
    )
    expect(below).toBe("M6 100V80h38V100z")
    expect(above).toBe("M6 80V50h38V80z")
  })
})

test("a change is relative to the value before, if there was one", () => {
  expect(
    [change(12, 10), change(5, 10), change(3, 0), change(null, 4), change(3, undefined)].map((share) =>
      share === null ? null : Math.round(share * 100),
    ),
  ).toEqual([20, -50, null, null, null])
})
