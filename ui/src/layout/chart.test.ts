import { describe, expect, test } from "vitest"
import { barPaths, ceiling, change, largest, linePath } from "./chart"

describe("the axis of a chart", () => {
  test("ends at a round number that holds every value", () => {
    expect([0.031, 7, 10, 11, 240, 0].map(ceiling)).toEqual([0.04, 8, 10, 15, 300, 1])
  })
  test("holds sums where values stand on each other", () => {
    expect(
      largest(
        [
          [1, null],
          [2, 4],
        ],
        true,
      ),
    ).toBe(4)
    expect(
      largest(
        [
          [3, null],
          [2, 1],
        ],
        true,
      ),
    ).toBe(5)
    expect(
      largest(
        [
          [3, null],
          [2, 1],
        ],
        false,
      ),
    ).toBe(3)
  })
})

describe("a line", () => {
  test("goes through the middle of each interval and breaks where nothing is known", () => {
    expect(linePath([0, 10, null, 5, 5], 10)).toBe("M10 100L30 0M70 50L90 50")
  })
  test("shows a value between two gaps as a dash as wide as its interval", () => {
    expect(linePath([null, 5, null, null], 10)).toBe("M25 50H50")
  })
})

describe("bars", () => {
  test("stand on each other, and nothing is drawn for nothing", () => {
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

test("a change is told as a share of what was before, where there was something", () => {
  expect(
    [change(12, 10), change(5, 10), change(3, 0), change(null, 4), change(3, undefined)].map((share) =>
      share === null ? null : Math.round(share * 100),
    ),
  ).toEqual([20, -50, null, null, null])
})
