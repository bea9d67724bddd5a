import { Mistral } from "@mistralai/mistralai"
import { baserun } from "baserun"
import { afterAll, beforeAll, expect, test } from "vitest"
import { type OtherProvider, sendEvents, sendJson, startOther } from "./support/others.js"
import { recording } from "./support/recording.js"

const held = recording()
let provider: OtherProvider
const usage = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 }
const head = { id: "cmpl-1", object: "chat.completion", created: 1, model: "mistral-small-2506" }

beforeAll(async () => {
  provider = await startOther((path, body, response) => {
    if (path.endsWith("/embeddings"))
      return sendJson(response, {
        id: "e-1",
        object: "list",
        model: "mistral-embed",
        data: [{ object: "embedding", embedding: [0.1], index: 0 }],
        usage,
      })
    if (JSON.stringify(body).includes("refuse"))
      return sendJson(response, { object: "error", message: "Too many", type: "rate_limited", code: "1300" }, 429)
    if (body["stream"]) {
      const chunk = (content: string, finish_reason: string | null, more = {}): object => ({
        ...head,
        object: "chat.completion.chunk",
        choices: [{ index: 0, delta: { role: "assistant", content }, finish_reason }],
        ...more,
      })
      return sendEvents(response, [chunk("Bon", null), chunk("jour", "stop", { usage })], "[DONE]")
    }
    return sendJson(response, {
      ...head,
      choices: [{ index: 0, message: { role: "assistant", content: "Bonjour" }, finish_reason: "stop" }],
      usage,
    })
  })
})
afterAll(() => provider.stop())

const client = (): Mistral => baserun.wrap(new Mistral({ apiKey: "test", serverURL: provider.url }))
const messages = [{ role: "user" as const, content: "Salut" }]

test("a chat is one span", async () => {
  const response = await client().chat.complete({
    model: "mistral-small-latest",
    messages,
    randomSeed: 7,
    maxTokens: 10,
  })
  expect(response.choices[0]!.message!.content).toBe("Bonjour")
  const { spans } = await held.arrived()
  expect(spans).toHaveLength(1)
  expect(spans[0]!.attributes).toMatchObject({
    "gen_ai.provider.name": "mistral_ai",
    "gen_ai.request.seed": 7,
    "gen_ai.request.max_tokens": 10,
    "gen_ai.response.id": "cmpl-1",
    "gen_ai.usage.input_tokens": 5,
    "gen_ai.input.messages": [{ role: "user", parts: [{ type: "text", content: "Salut" }] }],
    "gen_ai.output.messages": [
      { role: "assistant", parts: [{ type: "text", content: "Bonjour" }], finish_reason: "stop" },
    ],
  })
})

test("a stream is put together", async () => {
  let text = ""
  for await (const event of await client().chat.stream({ model: "mistral-small-latest", messages }))
    text += event.data.choices[0]!.delta.content
  expect(text).toBe("Bonjour")
  const { spans } = await held.arrived()
  expect(spans).toHaveLength(1)
  expect(spans[0]!.attributes).toMatchObject({
    "gen_ai.request.stream": true,
    "gen_ai.usage.output_tokens": 2,
    "gen_ai.output.messages": [{ parts: [{ content: "Bonjour" }], finish_reason: "stop" }],
  })
})

test("a refusal is an error", async () => {
  await expect(
    client().chat.complete(
      { model: "mistral-small-latest", messages: [{ role: "user", content: "refuse" }] },
      { retries: { strategy: "none" } },
    ),
  ).rejects.toThrow()
  const { spans } = await held.arrived()
  expect(spans).toHaveLength(1)
  expect(spans[0]!.status).toEqual({ code: 2, message: "Too many" })
})

test("embeddings", async () => {
  await client().embeddings.create({ model: "mistral-embed", inputs: ["one"] })
  const { spans } = await held.arrived()
  expect(spans).toHaveLength(1)
  expect(spans[0]!.attributes).toMatchObject({ "baserun.span.kind": "embedding", "gen_ai.usage.input_tokens": 5 })
})
