import { describe, expect, test } from "vitest"
import type { JourneyEntry, LightSpans } from "../api/types"
import { linesOf } from "./journey"
import { lightSpansOf } from "./light"
import { mergeRows } from "./rows"
import { FOLD_FROM_MS, slotsOf } from "./strip"
import { barOf, extentOf, labelSide, moved, ticksOf, zoomed } from "./waterfall"

describe("waterfall", () => {
  const range = { fromMs: 100, toMs: 200 }
  test("a bar is placed by its time", () => {
    expect(barOf(125, 150, range)).toEqual({ left: 0.25, width: 0.25, before: false, after: false })
  })
  test("a bar that continues outside the range is clipped and marked; one outside it is not drawn", () => {
    expect(barOf(50, 150, range)).toEqual({ left: 0, width: 0.5, before: true, after: false })
    expect(barOf(150, 250, range)).toEqual({ left: 0.5, width: 0.5, before: false, after: true })
    expect(barOf(10, 20, range)).toBeNull()
  })
  test("the extent covers every span, even if a clock ran behind", () => {
    expect(
      extentOf([
        { startMs: 0, endMs: 10 },
        { startMs: -5, endMs: 3 },
      ]),
    ).toEqual({ fromMs: -5, toMs: 10 })
    expect(extentOf([]).toMs).toBeGreaterThan(extentOf([]).fromMs)
  })
  test("labels go where they fit", () => {
    const bar = { before: false, after: false }
    expect(labelSide({ left: 0, width: 0.1, ...bar }, 0.2)).toBe("right")
    expect(labelSide({ left: 0.85, width: 0.1, ...bar }, 0.2)).toBe("left")
    expect(labelSide({ left: 0.02, width: 0.95, ...bar }, 0.2)).toBe("inside")
  })
  test("ticks are round offsets from the start of the trace", () => {
    expect(ticksOf({ fromMs: 0, toMs: 1000 }, 0).map(({ offsetMs }) => offsetMs)).toEqual([0, 200, 400, 600, 800, 1000])
    expect(ticksOf({ fromMs: 130, toMs: 190 }, 100, 3).map(({ offsetMs }) => offsetMs)).toEqual([40, 60, 80])
  })
  test("zooming stays inside the extent, keeps the centre, and stops at a thousandth", () => {
    const extent = { fromMs: 0, toMs: 1000 }
    expect(zoomed(extent, extent, 0.5)).toEqual({ fromMs: 250, toMs: 750 })
    expect(zoomed({ fromMs: 0, toMs: 100 }, extent, 100)).toEqual(extent)
    const smallest = zoomed({ fromMs: 500, toMs: 501 }, extent, 0.001)
    expect(smallest.toMs - smallest.fromMs).toBeCloseTo(1)
    expect(moved({ fromMs: 950, toMs: 1150 }, extent)).toEqual({ fromMs: 800, toMs: 1000 })
  })
})

describe("time strip", () => {
  const turn = (wait_ms: number, gap_ms: number) => ({ at: "", wait_ms, gap_ms })
  test("waits and pauses share one scale", () => {
    const [first, second] = slotsOf([turn(1000, 0), turn(1000, 2000)])
    expect(first!.width).toBeCloseTo(second!.width)
    expect(second!.left - first!.left - first!.width).toBeGreaterThan(first!.width * 1.8)
  })
  test("a pause of more than five minutes is folded and labelled", () => {
    const slots = slotsOf([turn(1000, 0), turn(1000, FOLD_FROM_MS * 100), turn(1000, 1000)])
    expect(slots.map(({ foldedMs }) => foldedMs)).toEqual([0, FOLD_FROM_MS * 100, 0])
    expect(slots[2]!.width).toBeGreaterThan(0.2)
  })
  test("everything fits, in order, for any numbers", () => {
    const turns = Array.from({ length: 2000 }, (_, index) =>
      turn((index * 7919) % 5000, index % 17 === 0 ? 1e9 : (index * 104_729) % 60_000),
    )
    const slots = slotsOf(turns)
    expect(slots.at(-1)!.left + slots.at(-1)!.width).toBeCloseTo(1)
    slots.slice(1).forEach((slot, index) => expect(slot.left).toBeGreaterThanOrEqual(slots[index]!.left))
  })
  test("a session without any duration still has slots", () => {
    expect(slotsOf([turn(0, 0), turn(0, 0)]).every(({ width }) => width > 0)).toBe(true)
    expect(slotsOf([])).toEqual([])
  })
})

describe("live lists", () => {
  const keyOf = (row: { id: string }): string => row.id
  test("shown rows take new values and keep their order", () => {
    const shown = [
      { id: "a", cost: 1 },
      { id: "b", cost: 1 },
    ]
    const merged = mergeRows(
      shown,
      [
        { id: "c", cost: 9 },
        { id: "b", cost: 2 },
        { id: "a", cost: 1 },
      ],
      keyOf,
    )
    expect(merged).toEqual({
      rows: [
        { id: "a", cost: 1 },
        { id: "b", cost: 2 },
      ],
      arrived: 1,
      moved: true,
    })
  })
  test("no news is no news", () => {
    const rows = [{ id: "a" }, { id: "b" }]
    expect(mergeRows(rows, rows.slice(0, 1), keyOf)).toEqual({ rows, arrived: 0, moved: false })
  })
})

test("columns of spans become one object per span", () => {
  const columns: LightSpans = {
    span_id: ["r", "c"],
    parent: [null, 0],
    orphan: [],
    kind: ["chain", "llm"],
    name: [1, 0],
    names: ["chat m", "answer"],
    model: [null, 0],
    models: ["m"],
    start_us: [0, 1500],
    duration_us: [9000, 2500],
    status: ["ok", "error"],
    cost_usd: [null, 0.1],
    tokens: [null, 7],
    duplicate: [1],
  }
  expect(lightSpansOf(columns)).toEqual([
    {
      span_id: "r",
      parent_span_id: null,
      kind: "chain",
      name: "answer",
      model: null,
      start_ms: 0,
      duration_ms: 9,
      status: "ok",
      cost_usd: null,
      tokens: null,
      orphan: false,
      duplicate: false,
    },
    {
      span_id: "c",
      parent_span_id: "r",
      kind: "llm",
      name: "chat m",
      model: "m",
      start_ms: 1.5,
      duration_ms: 2.5,
      status: "error",
      cost_usd: 0.1,
      tokens: 7,
      orphan: false,
      duplicate: true,
    },
  ])
})

test("each day of a journey has one heading; gaps have none", () => {
  const entry = (at: string, type: JourneyEntry["type"] = "session") => ({ at, type }) as JourneyEntry
  const lines = linesOf(
    [entry("2026-11-02T10"), entry("2026-11-02T09"), entry("2026-11-01T08", "gap"), entry("2026-11-01T07")],
    (iso) => iso.slice(0, 10),
  )
  expect(lines.map((line) => (line.type === "day" ? line.at.slice(0, 10) : line.entry.type))).toEqual([
    "2026-11-02",
    "session",
    "session",
    "gap",
    "2026-11-01",
    "session",
  ])
})
