import { describe, expect, test } from "vitest"
import { criticalPath, forestOf, GROUP_FROM, rowsOf, type TreeSpan } from "./tree"

const span = (id: string, parent: string | null, start = 0, duration = 10, more: Partial<TreeSpan> = {}): TreeSpan => ({
  span_id: id,
  parent_span_id: parent,
  kind: "tool",
  name: id,
  start_ms: start,
  duration_ms: duration,
  status: "ok",
  ...more,
})

const none: ReadonlySet<string> = new Set()
const draw = (spans: TreeSpan[], closed = none, opened = none): string[] =>
  rowsOf(forestOf(spans), closed, opened).map(
    (row) =>
      `${"  ".repeat(row.depth)}${row.type === "group" ? `× ${row.nodes.length} ${row.nodes[0]!.span.name}` : row.id}`,
  )

describe("rows of a trace", () => {
  test("children follow their parent in the order of their start", () => {
    expect(
      draw([span("late", "root", 5), span("root", null), span("early", "root", 1), span("leaf", "late", 6)]),
    ).toEqual(["root", "  early", "  late", "    leaf"])
  })

  test("a collapsed span hides everything below it", () => {
    expect(draw([span("root", null), span("a", "root"), span("b", "a")], new Set(["a"]))).toEqual(["root", "  a"])
  })

  test("a span whose parent was never received is a root, and marked as an orphan", () => {
    const forest = forestOf([span("root", null), span("lost", "gone", 3)])
    expect(forest.map((node) => [node.span.span_id, node.orphan])).toEqual([
      ["root", false],
      ["lost", true],
    ])
  })

  test("spans that are each other's parents all have a row", () => {
    expect(
      draw([span("a", "b"), span("b", "a"), span("self", "self")])
        .map((row) => row.trim())
        .toSorted(),
    ).toEqual(["a", "b", "self"])
  })

  test("every ancestor knows of a failure", () => {
    const [root] = forestOf([span("root", null), span("a", "root"), span("b", "a", 0, 1, { status: "error" })])
    expect([root!.failing, root!.below]).toEqual([true, 2])
  })

  test("many equal siblings share one row until it is expanded", () => {
    const many = Array.from({ length: GROUP_FROM }, (_, index) =>
      span(`s${index}`, "root", index, index + 1, { name: "search" }),
    )
    const spans = [span("root", null), ...many, span("answer", "root", 99)]
    expect(draw(spans)).toEqual(["root", `  × ${GROUP_FROM} search`, "  answer"])
    expect(draw(spans, none, new Set(["group:root:tool search"]))).toHaveLength(3 + GROUP_FROM)
  })

  test("equal siblings with children are not grouped", () => {
    const many = Array.from({ length: GROUP_FROM }, (_, index) => [
      span(`s${index}`, "root", index, 1, { name: "step" }),
      span(`c${index}`, `s${index}`, index),
    ]).flat()
    expect(draw([span("root", null), ...many])).toHaveLength(1 + 2 * GROUP_FROM)
  })

  test("every span has exactly one row, whatever the shape (10,000 random spans)", () => {
    let seed = 1
    const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647
    const spans = Array.from({ length: 10_000 }, (_, index) =>
      span(`s${index}`, random() < 0.02 ? null : `s${Math.floor(random() * 11_000)}`, random() * 1000, random() * 50, {
        name: `n${index}`,
      }),
    )
    const ids = rowsOf(forestOf(spans), none, none).map((row) => row.id)
    expect(ids).toHaveLength(10_000)
    expect(new Set(ids).size).toBe(10_000)
  })

  test("a chain of 20,000 levels works", () => {
    const spans = Array.from({ length: 20_000 }, (_, index) => span(`s${index}`, index === 0 ? null : `s${index - 1}`))
    expect(draw(spans)).toHaveLength(20_000)
  })
})

test("the critical path follows the spans that ended last", () => {
  const spans = [
    span("root", null, 0, 100),
    span("first", "root", 0, 40),
    span("aside", "root", 5, 20),
    span("last", "root", 45, 55),
    span("leaf", "last", 50, 50),
  ]
  expect([...criticalPath(forestOf(spans))].toSorted()).toEqual(["first", "last", "leaf", "root"])
})
