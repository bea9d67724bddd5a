import { describe, expect, test } from "vitest"
import type { Turn, TurnMessage } from "../api/types"
import { itemsOf, titleOf, type Detail } from "./turns"

const at = (second: number): string => `2026-11-23T10:00:${String(second).padStart(2, "0")}.000000Z`
const message = (role: string, second: number, ...parts: TurnMessage["parts"]): TurnMessage => ({
  role,
  parts,
  span_id: "llm",
  at: at(second),
  inner: false,
  finish_reason: null,
})
const text = (content: string) => ({ type: "text", content })

const turn = (more: Partial<Turn>): Turn => ({
  n: 1,
  trace_id: "t",
  name: "answer",
  user_id: "u",
  started_at: at(0),
  duration_ms: 9000,
  wait_ms: 9000,
  think_ms: null,
  status: "ok",
  new_messages: [],
  earlier: { count: 0, rewritten: false },
  system_prompt: null,
  tools: [],
  errors: [],
  scores: [],
  logs: [],
  llm_calls: 1,
  models: [],
  usage: { input_tokens: 1, output_tokens: 1, cached_tokens: null, cache_write_tokens: null, reasoning_tokens: null },
  cost_usd: null,
  time_to_first_token_ms: null,
  omitted: { llm_calls: 0, messages: 0, tools: 0, errors: 0 },
  ...more,
})

const search = {
  name: "search",
  call_id: "c1",
  span_id: "tool",
  arguments: { user: 9 },
  result: { rows: 3 },
  status: "ok" as const,
  status_message: null,
  at: at(2),
  duration_ms: 400,
}

const withTool = turn({
  new_messages: [
    message("user", 0, text("Where is my order?")),
    message(
      "assistant",
      1,
      { type: "reasoning", content: "I must look" },
      { type: "tool_call", id: "c1", name: "search", arguments: { user: 9 } },
    ),
    message("tool", 3, { type: "tool_call_response", id: "c1", response: { rows: 3 } }),
    message("assistant", 4, text("It ships today.")),
  ],
  tools: [search],
})

const kinds = (one: Turn, detail: Detail): string[] =>
  itemsOf(one, detail).map((item) => (item.type === "message" ? item.role : item.type))

describe("the items of a turn", () => {
  test("talk: the messages of user and assistant", () => expect(kinds(withTool, "talk")).toEqual(["user", "assistant"]))
  test("tools: a call and its result are one item, where the call happened", () =>
    expect(kinds(withTool, "tools")).toEqual(["user", "tool", "assistant"]))
  test("everything: reasoning as well", () =>
    expect(kinds(withTool, "all")).toEqual(["user", "reasoning", "tool", "assistant"]))

  test("messages that the user neither wrote nor read are shown only with everything", () => {
    const one = turn({
      new_messages: [
        message("user", 0, text("?")),
        { ...message("assistant", 1, text("plan")), inner: true },
        message("assistant", 4, text("!")),
      ],
    })
    expect(kinds(one, "tools")).toEqual(["user", "assistant"])
    expect(kinds(one, "all")).toEqual(["user", "assistant", "assistant"])
  })
  test("a tool that no message mentions is placed by its time", () => {
    const one = turn({
      new_messages: [message("user", 0, text("?")), message("assistant", 4, text("!"))],
      tools: [{ ...search, call_id: null }],
    })
    expect(kinds(one, "tools")).toEqual(["user", "tool", "assistant"])
  })
  test("a tool result without its call is shown", () => {
    const one = turn({
      new_messages: [
        message("tool", 1, { type: "tool_call_response", id: "x", response: "yes" }),
        message("assistant", 2, text("!")),
      ],
    })
    expect(kinds(one, "tools")).toEqual(["tool", "assistant"])
  })
  test("an error is shown where it happened, at every level of detail", () => {
    const error = { span_id: "llm", span_name: "chat m", type: "RateLimitError", message: "slow down", at: at(3) }
    const one = turn({
      new_messages: [message("user", 0, text("?")), message("assistant", 5, text("sorry"))],
      errors: [error],
    })
    for (const detail of ["talk", "tools", "all"] as const)
      expect(kinds(one, detail)).toEqual(["user", "error", "assistant"])
  })
  test("a tool shows its own failure; where tools are hidden, the error is shown", () => {
    const one = turn({
      new_messages: [message("user", 0, text("?")), message("assistant", 5, text("sorry"))],
      tools: [{ ...search, status: "error" }],
      errors: [{ span_id: "tool", span_name: "search", type: "Timeout", message: null, at: at(3) }],
    })
    expect(kinds(one, "tools")).toEqual(["user", "tool", "assistant"])
    expect(kinds(one, "talk")).toEqual(["user", "error", "assistant"])
  })
  test("a message without an answer says so, unless an error explains it", () => {
    expect(kinds(turn({ new_messages: [message("user", 0, text("?"))] }), "talk")).toEqual(["user", "silence"])
  })
  test("feedback is shown on the answer that it judges", () => {
    const score = {
      score_id: "s",
      name: "helpful",
      value: 0,
      label: "down",
      comment: "useless",
      source: "feedback" as const,
      at: at(9),
      user_id: null,
      session_id: null,
      trace_id: "t",
      span_id: "llm",
      metadata: {},
    }
    const items = itemsOf({ ...withTool, scores: [score] }, "talk")
    expect(items.map((item) => (item.type === "message" ? item.scores.length : -1))).toEqual([0, 1])
    expect(kinds(turn({ scores: [score] }), "talk")).toEqual(["score"])
  })
  test("with everything, no message is left out", () => {
    const odd = turn({
      new_messages: [message("weird", 1, { type: "video", uri: "x" }), message("system", 0, text("be kind"))],
    })
    expect(kinds(odd, "all")).toEqual(["weird", "system"])
  })
  test("keys are unique", () => {
    const keys = itemsOf(withTool, "all").map(({ key }) => key)
    expect(new Set(keys).size).toBe(keys.length)
  })
})

test("the title of a turn is the user's message, else its name", () => {
  expect(titleOf(withTool)).toBe("Where is my order?")
  expect(titleOf(turn({}))).toBe("answer")
})
