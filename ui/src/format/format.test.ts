import { describe, expect, test } from "vitest"
import { approximate, bytes, compact, cost, count, percent, plural } from "./number"
import { asText, oneLine, preview, segments, shortId } from "./text"
import { ago, duration } from "./time"

describe("numbers", () => {
  test.each([
    [0, "0"],
    [48_112, "48,112"],
  ])("count of %d", (value, text) => expect(count(value)).toBe(text))

  test.each([
    [9_999, "9,999"],
    [10_000, "10k"],
    [48_112, "48.1k"],
    [99_960, "100k"],
    [999_499, "999k"],
    [999_500, "1M"],
    [1_250_000_000, "1.3B"],
  ])("%d, compact", (value, text) => expect(compact(value)).toBe(text))

  test.each([
    [null, "–"],
    [0, "$0"],
    [0.000_000_2, "< $0.000001"],
    [0.000_012_34, "$0.000012"],
    [0.000_67, "$0.00067"],
    [0.0213, "$0.021"],
    [0.1234, "$0.123"],
    [0.996, "$1.00"],
    [4.1, "$4.10"],
    [1234.5, "$1,235"],
  ])("a cost of %d", (value, text) => expect(cost(value)).toBe(text))

  test("bytes", () => {
    expect([bytes(900), bytes(2048), bytes(3_500_000)]).toEqual(["900 B", "2.0 KiB", "3.3 MiB"])
  })
  test("percent", () => {
    expect([percent(0), percent(0.0234), percent(0.5), percent(1)]).toEqual(["0.0 %", "2.3 %", "50 %", "100 %"])
  })
  test("a number of rows says whether it is exact", () => {
    expect(approximate({ value: 1204, exact: true })).toBe("1,204")
    expect(approximate({ value: 48_000, exact: false })).toBe("about 48,000")
  })
  test("plural", () => {
    expect([plural(0, "turn"), plural(1, "turn"), plural(2, "turn")]).toEqual(["0 turns", "1 turn", "2 turns"])
  })
})

describe("durations", () => {
  test.each([
    [null, "–"],
    [0, "0 ms"],
    [0.02, "< 0.1 ms"],
    [0.42, "0.4 ms"],
    [9.97, "10 ms"],
    [85.4, "85 ms"],
    [999.4, "999 ms"],
    [999.6, "1.0 s"],
    [2_440, "2.4 s"],
    [9_960, "10 s"],
    [59_499, "59 s"],
    [59_600, "1 m 00 s"],
    [65_000, "1 m 05 s"],
    [3_599_600, "1 h 00 m"],
    [7_440_000, "2 h 04 m"],
    [86_400_000, "1 d"],
    [273_600_000, "3 d 4 h"],
    [-1_500, "−1.5 s"],
  ])("%d ms", (ms, text) => expect(duration(ms)).toBe(text))
})

describe("how long ago", () => {
  const now = Date.parse("2026-11-23T12:00:00Z")
  test.each([
    ["2026-11-23T11:59:58Z", "just now"],
    ["2026-11-23T11:59:20Z", "40 s ago"],
    ["2026-11-23T11:57:00Z", "3 min ago"],
    ["2026-11-23T07:00:00Z", "5 h ago"],
    ["2026-11-21T11:00:00Z", "2 d ago"],
    ["2026-08-01T12:00:00Z", "1 Aug 2026"],
  ])("%s", (at, text) => expect(ago(at, now)).toBe(text))
})

describe("untrusted text", () => {
  test("invisible characters become segments with their names", () => {
    expect(segments("pay\u202Eevil\u200B!")).toEqual([
      { kind: "text", text: "pay" },
      { kind: "hidden", text: "RLO" },
      { kind: "text", text: "evil" },
      { kind: "hidden", text: "ZWSP" },
      { kind: "text", text: "!" },
    ])
  })
  test("tag characters, which can hide a text, are shown by their code points", () => {
    expect(segments("\u{E0041}")).toEqual([{ kind: "hidden", text: "U+E0041" }])
  })
  test("line breaks, tabs, emoji with joiners and letters of any script are plain text", () => {
    const text = "a\n\tб 名 👩‍👧 שלום"
    expect(segments(text)).toEqual([{ kind: "text", text }])
  })
  test("one line", () => {
    expect(oneLine(" where\n is   my order ")).toBe("where is my order")
    expect(oneLine("abcdefgh", 5)).toBe("abcd…")
  })
  test("a preview removes the characters of Markdown, and nothing else", () => {
    expect(preview("# Sent\nIt is **really** `gone`, 2 * 3 ** 2, a_b__c")).toBe(
      "Sent It is really gone, 2 * 3 ** 2, a_b__c",
    )
  })
  test("a long id keeps its beginning and end", () => {
    expect(shortId("0123456789abcdef0123456789abcdef", 10)).toBe("012345…def")
    expect(shortId("short", 10)).toBe("short")
  })
  test("any value as text", () => {
    expect([asText(null), asText("x"), asText({ a: 1 }, 0)]).toEqual(["", "x", '{"a":1}'])
  })
})
