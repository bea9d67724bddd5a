import { expect, test } from "vitest"
import type { Score, Turn } from "../api/types"
import { clock, day } from "../format/time"
import { sessionMarkdown, turnMarkdown } from "./markdown"

const at = "2026-11-23T10:00:00.000000Z"
const said = (role: string, content: string) => ({
  role,
  parts: [{ type: "text", content }],
  span_id: "llm",
  at,
  inner: false,
  finish_reason: null,
})
const thumb: Score = {
  score_id: "1",
  name: "helpful",
  value: 0,
  label: "down",
  comment: "no",
  source: "feedback",
  at,
  user_id: null,
  session_id: null,
  trace_id: "t",
  span_id: "llm",
  metadata: {},
}
const turn: Turn = {
  n: 3,
  trace_id: "t",
  name: "answer",
  user_id: "u",
  started_at: at,
  duration_ms: 2400,
  wait_ms: 2400,
  think_ms: null,
  status: "error",
  new_messages: [said("user", "Where is my order?"), said("assistant", "It **ships** today.")],
  earlier: { count: 0, rewritten: false },
  system_prompt: null,
  logs: [],
  llm_calls: 1,
  models: [],
  scores: [thumb],
  tools: [
    {
      name: "search",
      call_id: null,
      span_id: "s",
      arguments: { user: 9 },
      result: "a ``` fence",
      status: "error",
      status_message: "timed out",
      at,
      duration_ms: 400,
    },
  ],
  errors: [{ span_id: "e", span_name: "chat", type: "RateLimitError", message: "slow down", at }],
  usage: { input_tokens: 1, output_tokens: 1, cached_tokens: null, cache_write_tokens: null, reasoning_tokens: null },
  cost_usd: null,
  time_to_first_token_ms: null,
  omitted: { llm_calls: 0, messages: 0, tools: 0, errors: 0 },
}

test("a turn has its messages, tool calls, errors and scores, as on the page", () => {
  const text = turnMarkdown(turn, "tools")
  expect(
    text.startsWith(`## Turn 3 · ${day(at)}, ${clock(at)} · waited 2.4 s\n\n**user:**\n\nWhere is my order?`),
  ).toBe(true)
  expect(text).toContain("**assistant:**\n\nIt **ships** today.\n\n> helpful: down · no")
  expect(text).toContain(
    '**tool `search`** failed: timed out\n\n```\n{\n  "user": 9\n}\n```\n\n````\na ``` fence\n````',
  )
  expect(text).toContain("**error:** RateLimitError: slow down")
})

test("a session begins with its title and address, and shows the page's level of detail", () => {
  const text = sessionMarkdown("My\norder", "http://here/sessions/s", [turn], "talk")
  expect(text.startsWith("# My order\n\nhttp://here/sessions/s\n\n## Turn 3")).toBe(true)
  expect(text).not.toContain("tool `search`")
  expect(text.endsWith("\n")).toBe(true)
})
