import Anthropic from "@anthropic-ai/sdk"
import { baserun } from "baserun"
import { expect, test } from "vitest"
import { providerUrl, recording } from "./support/recording.js"

const held = recording()
const client = (): Anthropic => baserun.wrap(new Anthropic({ apiKey: "test", baseURL: providerUrl(), maxRetries: 0 }))
const ask = { model: "claude-sonnet-4-5", max_tokens: 200, messages: [{ role: "user" as const, content: "Hello" }] }

test("a message is one span; what came from the cache is part of the input", async () => {
  const message = await client().messages.create({ ...ask, system: "Be brief.", metadata: { user_id: "hash-of-ada" } })
  const { spans } = await held.arrived()
  expect(spans).toHaveLength(1)
  expect(spans[0]!.name).toBe("chat claude-sonnet-4-5")
  const usage = message.usage
  expect(spans[0]!.attributes).toMatchObject({
    "gen_ai.provider.name": "anthropic",
    "gen_ai.request.max_tokens": 200,
    "gen_ai.response.id": message.id,
    "gen_ai.response.finish_reasons": ["end_turn"],
    "gen_ai.system_instructions": [{ type: "text", content: "Be brief." }],
    "gen_ai.input.messages": [{ role: "user", parts: [{ type: "text", content: "Hello" }] }],
    "gen_ai.usage.input_tokens":
      usage.input_tokens + usage.cache_read_input_tokens! + usage.cache_creation_input_tokens!,
    "gen_ai.usage.output_tokens": usage.output_tokens,
    "baserun.provider.user": "hash-of-ada",
    "baserun.provider.user_field": "metadata.user_id",
  })
})

test("a stream with thinking is put together, and its last count of output tokens holds", async () => {
  const stream = client().messages.stream({
    ...ask,
    max_tokens: 4_000,
    thinking: { type: "enabled", budget_tokens: 2_000 },
  })
  const message = await stream.finalMessage()
  const { spans } = await held.arrived()
  expect(spans).toHaveLength(1)
  const [said] = spans[0]!.attributes["gen_ai.output.messages"] as { parts: { type: string; content: string }[] }[]
  expect(said!.parts.map((part) => part.type)).toEqual(["reasoning", "text"])
  expect(said!.parts[1]!.content).toBe(message.content.find((one) => one.type === "text")!.text)
  expect(spans[0]!.attributes).toMatchObject({
    "gen_ai.usage.output_tokens": message.usage.output_tokens,
    "baserun.stream.ended": "complete",
  })
})

test("a tool that is used and what it gave back", async () => {
  const tools = [
    {
      name: "search_orders",
      description: "Find",
      input_schema: { type: "object" as const, properties: { user: { type: "string" } } },
    },
  ]
  const first = await client().messages.create({ ...ask, tools, tool_choice: { type: "any" } })
  const use = first.content.find((one) => one.type === "tool_use")!
  await client().messages.create({
    ...ask,
    tools,
    messages: [
      ...ask.messages,
      { role: "assistant", content: first.content },
      { role: "user", content: [{ type: "tool_result", tool_use_id: use.id, content: '{"found": 1}' }] },
    ],
  })
  const { spans } = await held.arrived()
  const call = { type: "tool_call", id: use.id, name: "search_orders", arguments: { user: "Ada" } }
  expect(spans[0]!.attributes).toMatchObject({
    "gen_ai.tool.definitions": [{ type: "function", name: "search_orders", parameters: { type: "object" } }],
    "gen_ai.output.messages": [{ role: "assistant", parts: [call], finish_reason: "tool_use" }],
  })
  expect(spans[1]!.attributes["gen_ai.input.messages"]).toEqual([
    { role: "user", parts: [{ type: "text", content: "Hello" }] },
    { role: "assistant", parts: [call] },
    { role: "tool", parts: [{ type: "tool_call_response", id: use.id, response: { found: 1 } }] },
  ])
})

test("a stream that is left early is closed and no error", async () => {
  const stream = await client().messages.create({
    ...ask,
    stream: true,
    messages: [{ role: "user", content: "[fake words=40] hi" }],
  })
  let events = 0
  for await (const _ of stream) if ((events += 1) > 5) break
  const { spans } = await held.arrived()
  expect(spans).toHaveLength(1)
  expect(spans[0]!.status).toEqual({})
})

test("a refused message has the provider's error", async () => {
  await expect(
    client().messages.create({ ...ask, messages: [{ role: "user", content: "[fake status=429] hi" }] }),
  ).rejects.toThrow()
  const { spans } = await held.arrived()
  expect(spans[0]!.status.code).toBe(2)
  expect(spans[0]!.attributes).toMatchObject({ "error.type": "rate_limit_error", "http.response.status_code": 429 })
})

test("counting tokens is no call of a model", async () => {
  await client()
    .messages.countTokens({ model: ask.model, messages: ask.messages })
    .catch(() => undefined)
  const { spans } = await held.arrived()
  expect(spans).toEqual([])
})
