import { createOpenAI } from "@ai-sdk/openai"
import { createOpenAI as createOpenAI3 } from "@ai-sdk/openai-3"
import { embed, generateText, stepCountIs, streamText, tool } from "ai"
import * as ai6 from "ai-6"
import { baserun } from "baserun"
import { telemetry } from "baserun/ai"
import { describe, expect, test } from "vitest"
import { z } from "zod"
import type { ArrivedSpan } from "./support/collector.js"
import { providerUrl, recording } from "./support/recording.js"

const held = recording({ instrument: ["ai"] })
const weather = {
  description: "Weather",
  inputSchema: z.object({ city: z.string() }),
  execute: async () => ({ degrees: 7 }),
}
const prompt = "[fake tool=weather] How is the weather?"
const byKind = (spans: ArrivedSpan[], kind: string): ArrivedSpan[] =>
  spans.filter((one) => one.attributes["baserun.span.kind"] === kind)

describe("version 7, with nothing passed", () => {
  const openai = (): ReturnType<typeof createOpenAI> =>
    createOpenAI({ apiKey: "test", baseURL: `${providerUrl()}/v1`, fetch: baserun.fetch })

  test("a call with a tool is one trace of two model calls and a tool, none of them twice", async () => {
    const { data } = await baserun.session(
      () =>
        generateText({
          model: openai().chat("gpt-4.1-mini"),
          prompt,
          tools: { weather: tool(weather) },
          stopWhen: stepCountIs(3),
          providerOptions: { openai: { user: "hash-1" } },
        }),
      { user: "ada", sessionId: "s-ai" },
    )
    const { spans } = await held.arrived()
    expect(new Set(spans.map((one) => one.traceId)).size).toBe(1)
    const [root] = byKind(spans, "chain")
    expect(root!.name).toBe("ai.generateText")
    expect(root!.attributes["baserun.output"]).toBe(data.text)
    const calls = byKind(spans, "llm")
    expect(calls).toHaveLength(2)
    expect(calls[0]!.parentSpanId).toBe(root!.spanId)
    expect(calls[0]!.attributes).toMatchObject({
      "session.id": "s-ai",
      "user.id": "ada",
      "gen_ai.provider.name": "openai",
      "gen_ai.request.model": "gpt-4.1-mini",
      "gen_ai.usage.input_tokens": expect.any(Number),
      "gen_ai.output.messages": [{ parts: [{ type: "tool_call", name: "weather", arguments: { city: "Ada" } }] }],
      "baserun.provider.user": "hash-1",
    })
    const [used] = byKind(spans, "tool")
    expect(used!.name).toBe("weather")
    expect(used!.attributes).toMatchObject({
      "gen_ai.tool.call.arguments": { city: "Ada" },
      "gen_ai.tool.call.result": { degrees: 7 },
    })
  })

  test("a stream, an embedding and a failure", async () => {
    const stream = streamText({ model: openai().chat("gpt-4.1-mini"), prompt: "Hi" })
    let text = ""
    for await (const piece of stream.textStream) text += piece
    await embed({
      model: createOpenAI({ apiKey: "test", baseURL: `${providerUrl()}/v1` }).embedding("text-embedding-3-small"),
      value: "one",
    })
    await expect(
      generateText({ model: openai().chat("gpt-4.1-mini"), prompt: "[fake status=400] Hi", maxRetries: 0 }),
    ).rejects.toThrow()
    const { spans } = await held.arrived()
    const calls = byKind(spans, "llm")
    expect(calls).toHaveLength(2)
    expect(calls[0]!.attributes).toMatchObject({
      "gen_ai.request.stream": true,
      "gen_ai.output.messages": [{ parts: [{ type: "text", content: text }] }],
    })
    expect(calls[1]!.status.code).toBe(2)
    expect(byKind(spans, "embedding")).toHaveLength(1)
  })

  test("many at once keep their own users", async () => {
    await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        baserun.session(() => generateText({ model: openai().chat("gpt-4.1-mini"), prompt: `I am user-${n}` }), {
          user: `user-${n}`,
        }),
      ),
    )
    const { spans } = await held.arrived()
    for (const { attributes } of byKind(spans, "llm")) {
      expect(JSON.stringify(attributes["gen_ai.input.messages"])).toContain(`I am ${attributes["user.id"]}"`)
    }
  })
})

describe("version 6, with its telemetry", () => {
  const openai = (): ReturnType<typeof createOpenAI3> =>
    createOpenAI3({ apiKey: "test", baseURL: `${providerUrl()}/v1`, fetch: baserun.fetch })

  test("a call with a tool is one trace, with user and session from its metadata", async () => {
    await ai6.generateText({
      model: openai().chat("gpt-4.1-mini"),
      prompt,
      tools: { weather: ai6.tool(weather) },
      stopWhen: ai6.stepCountIs(3),
      experimental_telemetry: telemetry({ functionId: "ask", metadata: { userId: "ada", sessionId: "s-6" } }),
    })
    const { spans } = await held.arrived()
    expect(new Set(spans.map((one) => one.traceId)).size).toBe(1)
    expect(byKind(spans, "chain")[0]!.name).toBe("ask")
    const calls = byKind(spans, "llm")
    expect(calls).toHaveLength(2)
    expect(calls[0]!.attributes).toMatchObject({
      "session.id": "s-6",
      "user.id": "ada",
      "gen_ai.provider.name": "openai",
      "gen_ai.tool.definitions": [{ type: "function", name: "weather" }],
      "gen_ai.usage.output_tokens": expect.any(Number),
      "gen_ai.output.messages": [{ parts: [{ type: "tool_call", name: "weather", arguments: { city: "Ada" } }] }],
    })
    expect(byKind(spans, "tool")[0]!.attributes["gen_ai.tool.call.result"]).toEqual({ degrees: 7 })
  })

  test("streams, objects and embeddings", async () => {
    const stream = ai6.streamText({
      model: openai().chat("gpt-4.1-mini"),
      prompt: "Hi",
      experimental_telemetry: telemetry(),
    })
    let text = ""
    for await (const piece of stream.textStream) text += piece
    await ai6.generateObject({
      model: openai().chat("gpt-4.1-mini"),
      schema: z.object({ name: z.string() }),
      prompt: "Hi",
      experimental_telemetry: telemetry(),
    })
    await ai6.embedMany({
      model: openai().embedding("text-embedding-3-small"),
      values: ["one", "two"],
      experimental_telemetry: telemetry(),
    })
    const { spans } = await held.arrived()
    const calls = byKind(spans, "llm")
    expect(calls).toHaveLength(2)
    expect(calls[0]!.attributes["gen_ai.output.messages"]).toMatchObject([{ parts: [{ content: text }] }])
    expect(calls[1]!.attributes["gen_ai.output.messages"]).toMatchObject([{ parts: [{ content: '{"name": "Ada"}' }] }])
    expect(byKind(spans, "embedding")).toHaveLength(1)
  })
})
