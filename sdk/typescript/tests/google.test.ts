import { GoogleGenAI } from "@google/genai"
import { baserun } from "baserun"
import { afterAll, beforeAll, expect, test } from "vitest"
import { type OtherProvider, sendEvents, sendJson, startOther } from "./support/others.js"
import { recording } from "./support/recording.js"

const held = recording()
let provider: OtherProvider
const usageMetadata = {
  promptTokenCount: 9,
  candidatesTokenCount: 4,
  thoughtsTokenCount: 3,
  cachedContentTokenCount: 2,
  totalTokenCount: 16,
}
const said = (text: string, finishReason?: string): object => ({
  candidates: [{ index: 0, content: { role: "model", parts: [{ text }] }, ...(finishReason && { finishReason }) }],
  modelVersion: "gemini-2.5-flash-001",
  responseId: "r-1",
  usageMetadata,
})

beforeAll(async () => {
  provider = await startOther((path, body, response) => {
    if (JSON.stringify(body).includes("refuse"))
      return sendJson(response, { error: { code: 429, message: "Quota", status: "RESOURCE_EXHAUSTED" } }, 429)
    if (path.endsWith(":batchEmbedContents")) return sendJson(response, { embeddings: [{ values: [0.1] }] })
    if (path.endsWith(":streamGenerateContent"))
      return sendEvents(response, [said("Hel"), said("lo"), said("!", "STOP")])
    if (JSON.stringify(body).includes("functionDeclarations")) {
      const parts = [{ functionCall: { id: "f-1", name: "search", args: { user: "9" } } }]
      return sendJson(response, {
        ...said(""),
        candidates: [{ content: { role: "model", parts }, finishReason: "STOP" }],
      })
    }
    return sendJson(response, said("Hello!", "STOP"))
  })
})
afterAll(() => provider.stop())

const client = (): GoogleGenAI =>
  baserun.wrap(new GoogleGenAI({ apiKey: "test", httpOptions: { baseUrl: provider.url } }))

test("content is one span with inclusive counts", async () => {
  const response = await client().models.generateContent({
    model: "gemini-2.5-flash",
    contents: "Hi",
    config: { systemInstruction: "Be brief.", temperature: 0, maxOutputTokens: 20, stopSequences: ["END"] },
  })
  expect(response.text).toBe("Hello!")
  const { spans } = await held.arrived()
  expect(spans).toHaveLength(1)
  expect(spans[0]!.name).toBe("generate_content gemini-2.5-flash")
  expect(spans[0]!.attributes).toMatchObject({
    "gen_ai.provider.name": "gcp.gemini",
    "gen_ai.operation.name": "generate_content",
    "gen_ai.request.temperature": 0,
    "gen_ai.request.max_tokens": 20,
    "gen_ai.request.stop_sequences": ["END"],
    "gen_ai.response.id": "r-1",
    "gen_ai.response.model": "gemini-2.5-flash-001",
    "gen_ai.response.finish_reasons": ["STOP"],
    "gen_ai.system_instructions": [{ type: "text", content: "Be brief." }],
    "gen_ai.input.messages": [{ role: "user", parts: [{ type: "text", content: "Hi" }] }],
    "gen_ai.output.messages": [
      { role: "assistant", parts: [{ type: "text", content: "Hello!" }], finish_reason: "STOP" },
    ],
    "gen_ai.usage.input_tokens": 9,
    "gen_ai.usage.output_tokens": 7,
    "gen_ai.usage.cache_read.input_tokens": 2,
    "gen_ai.usage.reasoning.output_tokens": 3,
  })
})

test("a stream is put together", async () => {
  let text = ""
  for await (const chunk of await client().models.generateContentStream({ model: "gemini-2.5-flash", contents: "Hi" }))
    text += chunk.text
  expect(text).toBe("Hello!")
  const { spans } = await held.arrived()
  expect(spans).toHaveLength(1)
  expect(spans[0]!.attributes).toMatchObject({
    "gen_ai.request.stream": true,
    "baserun.stream.ended": "complete",
    "gen_ai.output.messages": [
      { role: "assistant", parts: [{ type: "text", content: "Hello!" }], finish_reason: "STOP" },
    ],
  })
})

test("a stream that is left early keeps what was read", async () => {
  for await (const _ of await client().models.generateContentStream({ model: "gemini-2.5-flash", contents: "Hi" }))
    break
  const { spans } = await held.arrived()
  expect(spans).toHaveLength(1)
  expect(spans[0]!.status).toEqual({})
})

test("tools are offered and called", async () => {
  await client().models.generateContent({
    model: "gemini-2.5-flash",
    contents: "Hi",
    config: { tools: [{ functionDeclarations: [{ name: "search", description: "Find" }] }] },
  })
  const { spans } = await held.arrived()
  expect(spans[0]!.attributes).toMatchObject({
    "gen_ai.tool.definitions": [{ type: "function", name: "search", description: "Find" }],
    "gen_ai.output.messages": [{ parts: [{ type: "tool_call", id: "f-1", name: "search", arguments: { user: "9" } }] }],
  })
})

test("a refusal has the provider's error", async () => {
  await expect(client().models.generateContent({ model: "gemini-2.5-flash", contents: "refuse" })).rejects.toThrow()
  const { spans } = await held.arrived()
  expect(spans).toHaveLength(1)
  expect(spans[0]!.status).toEqual({ code: 2, message: "Quota" })
  expect(spans[0]!.attributes).toMatchObject({ "error.type": "RESOURCE_EXHAUSTED", "http.response.status_code": 429 })
})

test("embeddings", async () => {
  await client().models.embedContent({ model: "gemini-embedding-001", contents: ["one", "two"] })
  const { spans } = await held.arrived()
  expect(spans).toHaveLength(1)
  expect(spans[0]!.attributes).toMatchObject({
    "baserun.span.kind": "embedding",
    "gen_ai.request.model": "gemini-embedding-001",
    "gen_ai.input.messages": [{ role: "user", parts: [{ content: "one" }, { content: "two" }] }],
  })
})
