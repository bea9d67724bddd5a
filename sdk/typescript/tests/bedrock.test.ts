import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
} from "@aws-sdk/client-bedrock-runtime"
import { baserun } from "baserun"
import { afterAll, beforeAll, expect, test } from "vitest"
import { type OtherProvider, sendEventStream, sendJson, startOther } from "./support/others.js"
import { recording } from "./support/recording.js"

const held = recording()
let provider: OtherProvider
const usage = { inputTokens: 10, outputTokens: 4, totalTokens: 20, cacheReadInputTokens: 6, cacheWriteInputTokens: 0 }
const claude = {
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: "claude",
  content: [{ type: "text", text: "Hi" }],
  stop_reason: "end_turn",
  usage: { input_tokens: 3, output_tokens: 1 },
}

beforeAll(async () => {
  provider = await startOther((path, body, response) => {
    if (JSON.stringify(body).includes("refuse")) {
      response.writeHead(429, { "content-type": "application/json", "x-amzn-errortype": "ThrottlingException" })
      return void response.end(JSON.stringify({ message: "Slow down" }))
    }
    if (path.endsWith("/converse")) {
      return sendJson(response, {
        output: {
          message: {
            role: "assistant",
            content: [{ text: "Hello" }, { toolUse: { toolUseId: "t-1", name: "search", input: { user: "9" } } }],
          },
        },
        stopReason: "tool_use",
        usage,
        metrics: { latencyMs: 1 },
      })
    }
    if (path.endsWith("/converse-stream")) {
      return sendEventStream(response, [
        ["messageStart", { role: "assistant" }],
        ["contentBlockDelta", { contentBlockIndex: 0, delta: { text: "Hel" } }],
        ["contentBlockDelta", { contentBlockIndex: 0, delta: { text: "lo" } }],
        ["contentBlockStop", { contentBlockIndex: 0 }],
        ["messageStop", { stopReason: "end_turn" }],
        ["metadata", { usage, metrics: { latencyMs: 1 } }],
      ])
    }
    if (path.endsWith("/invoke")) return sendJson(response, claude)
    const pieces = [
      { type: "message_start", message: { ...claude, content: [], stop_reason: null } },
      { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
      { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Hi" } },
      { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 2 } },
    ]
    return sendEventStream(
      response,
      pieces.map((one) => ["chunk", { bytes: Buffer.from(JSON.stringify(one)).toString("base64") }] as const),
    )
  }, true)
})
afterAll(() => provider.stop())

const client = (): BedrockRuntimeClient =>
  baserun.wrap(
    new BedrockRuntimeClient({
      region: "us-east-1",
      endpoint: provider.url,
      credentials: { accessKeyId: "a", secretAccessKey: "b" },
      maxAttempts: 1,
    }),
  )
const asked = { modelId: "anthropic.claude-v2", messages: [{ role: "user" as const, content: [{ text: "Hi" }] }] }

test("converse is one span with inclusive counts and the metadata's user", async () => {
  const output = await client().send(
    new ConverseCommand({
      ...asked,
      system: [{ text: "Be brief." }],
      inferenceConfig: { temperature: 0.5, maxTokens: 20 },
      toolConfig: { tools: [{ toolSpec: { name: "search", inputSchema: { json: { type: "object" } } } }] },
      requestMetadata: { user_id: "hash-of-ada" },
    }),
  )
  expect(output.output!.message!.content![0]!.text).toBe("Hello")
  const { spans } = await held.arrived()
  expect(spans).toHaveLength(1)
  expect(spans[0]!.name).toBe("chat anthropic.claude-v2")
  expect(spans[0]!.attributes).toMatchObject({
    "gen_ai.provider.name": "aws.bedrock",
    "gen_ai.request.temperature": 0.5,
    "gen_ai.usage.input_tokens": 16,
    "gen_ai.usage.output_tokens": 4,
    "gen_ai.usage.cache_read.input_tokens": 6,
    "gen_ai.system_instructions": [{ type: "text", content: "Be brief." }],
    "gen_ai.tool.definitions": [{ type: "function", name: "search", parameters: { type: "object" } }],
    "gen_ai.output.messages": [
      {
        role: "assistant",
        parts: [
          { type: "text", content: "Hello" },
          { type: "tool_call", id: "t-1", name: "search", arguments: { user: "9" } },
        ],
        finish_reason: "tool_use",
      },
    ],
    "baserun.provider.user": "hash-of-ada",
    "baserun.provider.user_field": "requestMetadata.user_id",
    "http.response.status_code": 200,
    "server.address": "127.0.0.1",
  })
})

test("a streamed converse is put together", async () => {
  const output = await client().send(new ConverseStreamCommand(asked))
  let text = ""
  for await (const event of output.stream!) text += event.contentBlockDelta?.delta?.text ?? ""
  expect(text).toBe("Hello")
  const { spans } = await held.arrived()
  expect(spans).toHaveLength(1)
  expect(spans[0]!.attributes).toMatchObject({
    "gen_ai.request.stream": true,
    "baserun.stream.ended": "complete",
    "gen_ai.usage.output_tokens": 4,
    "gen_ai.output.messages": [
      { role: "assistant", parts: [{ type: "text", content: "Hello" }], finish_reason: "end_turn" },
    ],
  })
})

test("a stream that is left early keeps what was read", async () => {
  const output = await client().send(new ConverseStreamCommand(asked))
  for await (const event of output.stream!) if (event.contentBlockDelta) break
  const { spans } = await held.arrived()
  expect(spans).toHaveLength(1)
  expect(spans[0]!.attributes).toMatchObject({
    "baserun.stream.ended": "closed",
    "gen_ai.output.messages": [{ parts: [{ content: "Hel" }] }],
  })
})

test("invoke, whole and streamed, in the words of the model's house", async () => {
  const body = JSON.stringify({
    anthropic_version: "bedrock-2023-05-31",
    max_tokens: 9,
    messages: [{ role: "user", content: "Hi" }],
    metadata: { user_id: "u-7" },
  })
  await client().send(new InvokeModelCommand({ modelId: "anthropic.claude-v2", body }))
  const output = await client().send(new InvokeModelWithResponseStreamCommand({ modelId: "anthropic.claude-v2", body }))
  for await (const _ of output.body!);
  const { spans } = await held.arrived()
  expect(spans).toHaveLength(2)
  for (const { attributes } of spans) {
    expect(attributes).toMatchObject({
      "gen_ai.request.model": "anthropic.claude-v2",
      "gen_ai.output.messages": [
        { role: "assistant", parts: [{ type: "text", content: "Hi" }], finish_reason: "end_turn" },
      ],
      "baserun.provider.user": "u-7",
    })
  }
  expect(spans[1]!.attributes["gen_ai.usage.output_tokens"]).toBe(2)
})

test("a refusal is an error with Amazon's name of it", async () => {
  await expect(
    client().send(new ConverseCommand({ ...asked, messages: [{ role: "user", content: [{ text: "refuse" }] }] })),
  ).rejects.toThrow("Slow down")
  const { spans } = await held.arrived()
  expect(spans).toHaveLength(1)
  expect(spans[0]!.status).toEqual({ code: 2, message: "Slow down" })
  expect(spans[0]!.attributes).toMatchObject({ "error.type": "ThrottlingException", "http.response.status_code": 429 })
})
