import { baserun } from "baserun"
import OpenAI6 from "openai"
import OpenAI4 from "openai-4"
import OpenAI7 from "openai-7"
import { zodResponseFormat } from "openai/helpers/zod"
import { describe, expect, test } from "vitest"
import { z } from "zod"
import { providerUrl, recording } from "./support/recording.js"

const held = recording()

const messages = [{ role: "user" as const, content: 'Say "this is a test"' }]
const tools = [
  {
    type: "function" as const,
    function: {
      name: "search_orders",
      description: "Find orders",
      parameters: {
        type: "object",
        properties: { user: { type: "string" } },
        required: ["user"],
        additionalProperties: false,
      },
    },
  },
]

function client(): OpenAI6 {
  return baserun.wrap(new OpenAI6({ apiKey: "test", baseURL: `${providerUrl()}/v1`, maxRetries: 2 }))
}

describe.each([
  ["openai 4", OpenAI4 as unknown as typeof OpenAI6],
  ["openai 6", OpenAI6],
  ["openai 7", OpenAI7 as unknown as typeof OpenAI6],
])("%s", (_, OpenAI) => {
  const made = (): OpenAI6 => baserun.wrap(new OpenAI({ apiKey: "test", baseURL: `${providerUrl()}/v1` }))

  test("a plain call is one span with messages, usage, ids and the provider's user", async () => {
    const completion = await made().chat.completions.create({
      model: "gpt-4.1-mini",
      messages: [{ role: "system", content: "Be brief." }, ...messages],
      temperature: 1,
      max_tokens: 50,
      user: "hash-of-ada",
    })
    const { spans } = await held.arrived()
    expect(spans).toHaveLength(1)
    expect(spans[0]!.name).toBe("chat gpt-4.1-mini")
    expect(spans[0]!.kind).toBe(3)
    expect(spans[0]!.attributes).toEqual({
      "baserun.span.kind": "llm",
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "openai",
      "gen_ai.request.model": "gpt-4.1-mini",
      "gen_ai.request.temperature": 1,
      "gen_ai.request.max_tokens": 50,
      "gen_ai.response.id": completion.id,
      "gen_ai.response.model": completion.model,
      "gen_ai.response.finish_reasons": ["stop"],
      "gen_ai.usage.input_tokens": completion.usage!.prompt_tokens,
      "gen_ai.usage.output_tokens": completion.usage!.completion_tokens,
      "gen_ai.usage.cache_read.input_tokens": 0,
      "gen_ai.usage.reasoning.output_tokens": 0,
      "gen_ai.input.messages": [
        { role: "system", parts: [{ type: "text", content: "Be brief." }] },
        { role: "user", parts: [{ type: "text", content: 'Say "this is a test"' }] },
      ],
      "gen_ai.output.messages": [
        {
          role: "assistant",
          parts: [{ type: "text", content: completion.choices[0]!.message.content }],
          finish_reason: "stop",
        },
      ],
      "baserun.provider.user": "hash-of-ada",
      "baserun.provider.user_field": "user",
      "server.address": "127.0.0.1",
      "server.port": expect.any(Number),
      "http.response.status_code": 200,
    })
  })

  test("a stream is one span that ends when the stream does", async () => {
    const stream = await made().chat.completions.create({
      model: "gpt-4.1-mini",
      messages,
      stream: true,
      stream_options: { include_usage: true },
    })
    let text = ""
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ""
    const { spans } = await held.arrived()
    expect(spans).toHaveLength(1)
    expect(spans[0]!.attributes).toMatchObject({
      "gen_ai.request.stream": true,
      "baserun.stream.ended": "complete",
      "gen_ai.output.messages": [
        { role: "assistant", parts: [{ type: "text", content: text }], finish_reason: "stop" },
      ],
      "gen_ai.usage.output_tokens": expect.any(Number),
      "gen_ai.response.time_to_first_chunk": expect.any(Number),
    })
  })

  test("a stream that is left early keeps what was read and is no error", async () => {
    const stream = await made().chat.completions.create({ model: "gpt-4.1-mini", messages, stream: true })
    let text = ""
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? ""
      if (text.length > 10) break
    }
    const { spans } = await held.arrived()
    expect(spans).toHaveLength(1)
    expect(spans[0]!.status).toEqual({})
    expect(spans[0]!.attributes["error.type"]).toBeUndefined()
    const output = spans[0]!.attributes["gen_ai.output.messages"] as { parts: { content: string }[] }[]
    expect(output[0]!.parts[0]!.content.startsWith(text)).toBe(true)
  })

  test("a refused call is one span with the provider's error", async () => {
    const call = made().chat.completions.create(
      { model: "gpt-4.1-mini", messages: [{ role: "user", content: "[fake status=400] hello" }] },
      { maxRetries: 0 },
    )
    await expect(call).rejects.toThrow()
    const { spans } = await held.arrived()
    expect(spans).toHaveLength(1)
    expect(spans[0]!.status.code).toBe(2)
    expect(spans[0]!.attributes).toMatchObject({ "http.response.status_code": 400, "error.type": expect.any(String) })
  })

  test("embeddings carry their texts and usage", async () => {
    await made().embeddings.create({ model: "text-embedding-3-small", input: ["one", "two"], user: "u-9" })
    const { spans } = await held.arrived()
    expect(spans).toHaveLength(1)
    expect(spans[0]!.attributes).toMatchObject({
      "baserun.span.kind": "embedding",
      "gen_ai.operation.name": "embeddings",
      "gen_ai.usage.input_tokens": expect.any(Number),
      "baserun.provider.user": "u-9",
    })
  })
})

describe("what the client gives back", () => {
  test("the promise, the stream and their methods are those of the client", async () => {
    const openai = client()
    const promise = openai.chat.completions.create({ model: "gpt-4.1-mini", messages, stream: true })
    const { data: stream, response } = await promise.withResponse()
    expect(response).toBeInstanceOf(Response)
    expect(Object.prototype.toString.call(response)).toBe("[object Response]")
    expect(stream.controller).toBeInstanceOf(AbortController)
    const [left, right] = stream.tee()
    const read = async (one: AsyncIterable<OpenAI6.ChatCompletionChunk>): Promise<string> => {
      let text = ""
      for await (const chunk of one) text += chunk.choices[0]?.delta.content ?? ""
      return text
    }
    const [a, b] = await Promise.all([read(left), read(right)])
    expect(a).toBe(b)
    const { spans } = await held.arrived()
    expect(spans).toHaveLength(1)
    expect(JSON.stringify(spans[0]!.attributes["gen_ai.output.messages"])).toContain(JSON.stringify(a).slice(1, -1))
  })

  test("asResponse gives the raw response, and whichever way its body is read is recorded", async () => {
    const ways: ((response: Response) => Promise<unknown>)[] = [
      (response) => response.json(),
      (response) => response.text(),
      (response) => response.arrayBuffer(),
      (response) => response.clone().json(),
      (response) => new Response(response.body).text(),
      async (response) => {
        const [left] = response.body!.tee()
        return new Response(left).text()
      },
      (response) =>
        new Response(response.body!.pipeThrough(new TextDecoderStream()).pipeThrough(new TextEncoderStream())).text(),
      async (response) => {
        const reader = response.body!.getReader()
        while (!(await reader.read()).done);
      },
    ]
    for (const read of ways) {
      const response = await client().chat.completions.create({ model: "gpt-4.1-mini", messages }).asResponse()
      await read(response)
      const { spans } = await held.arrived()
      expect(spans, String(read)).toHaveLength(1)
      expect(spans[0]!.attributes["gen_ai.response.finish_reasons"], String(read)).toEqual(["stop"])
      held.collector.clear()
    }
  })

  test("toReadableStream can be sent on and read at the other end", async () => {
    const stream = await client().chat.completions.create({ model: "gpt-4.1-mini", messages, stream: true })
    const text = await new Response(stream.toReadableStream()).text()
    expect(text.split("\n").length).toBeGreaterThan(3)
    const { spans } = await held.arrived()
    expect(spans).toHaveLength(1)
    expect(spans[0]!.attributes["baserun.stream.ended"]).toBe("complete")
  })

  test("the stream() helper gives its events and its final message", async () => {
    const runner = client().chat.completions.stream({ model: "gpt-4.1-mini", messages })
    let heard = ""
    runner.on("content", (delta) => (heard += delta))
    const final = await runner.finalMessage()
    expect(final.content).toBe(heard)
    const { spans } = await held.arrived()
    expect(spans).toHaveLength(1)
  })

  test("parse() with zod gives the parsed answer", async () => {
    const Person = z.object({ name: z.string(), age: z.number() })
    const completion = await client().chat.completions.parse({
      model: "gpt-4.1-mini",
      messages,
      response_format: zodResponseFormat(Person, "person"),
    })
    expect(completion.choices[0]!.message.parsed).toEqual({ name: "Ada", age: 0.5 })
    const { spans } = await held.arrived()
    expect(spans).toHaveLength(1)
    expect(spans[0]!.attributes["gen_ai.output.type"]).toBe("json")
  })

  test("wrap gives the very same client", () => {
    const openai = new OpenAI6({ apiKey: "test" })
    expect(baserun.wrap(openai)).toBe(openai)
  })

  test("a call that nobody waits for and that fails is still an unhandled rejection", async () => {
    const openai = new OpenAI6({ apiKey: "test", baseURL: "http://127.0.0.1:1/v1", maxRetries: 0 })
    baserun.wrap(openai)
    const before = process.listeners("unhandledRejection")
    process.removeAllListeners("unhandledRejection")
    const unhandled = new Promise((resolve) => process.once("unhandledRejection", resolve))
    void openai.chat.completions.create({ model: "gpt-4.1-mini", messages })
    const error = await unhandled
    for (const listener of before) process.on("unhandledRejection", listener)
    expect((error as Error).constructor.name).toBe("APIConnectionError")
  })
})

describe("what is recorded", () => {
  test("a streamed tool call is put together", async () => {
    const stream = await client().chat.completions.create({
      model: "gpt-4.1-mini",
      messages: [{ role: "user", content: "Where is my order?" }],
      tools,
      tool_choice: "required",
      stream: true,
    })
    for await (const _ of stream);
    const { spans } = await held.arrived()
    expect(spans[0]!.attributes).toMatchObject({
      "gen_ai.response.finish_reasons": ["tool_calls"],
      "gen_ai.tool.definitions": [{ type: "function", ...tools[0]!.function }],
      "gen_ai.output.messages": [
        {
          role: "assistant",
          parts: [{ type: "tool_call", id: expect.any(String), name: "search_orders", arguments: { user: "Ada" } }],
          finish_reason: "tool_calls",
        },
      ],
    })
  })

  test("retries are attempts of one call", async () => {
    const openai = client()
    let attempts = 0
    const own = openai.withOptions({
      fetch: async (...given) => {
        attempts += 1
        if (attempts < 3) return new Response("{}", { status: 429, headers: { "retry-after-ms": "1" } })
        return fetch(...given)
      },
    })
    await own.chat.completions.create({ model: "gpt-4.1-mini", messages })
    const { spans } = await held.arrived()
    expect(spans).toHaveLength(1)
    expect(spans[0]!.attributes["http.request.resend_count"]).toBe(2)
    expect(spans[0]!.events?.map((one) => [one.name, one.attributes["http.response.status_code"]])).toEqual([
      ["baserun.retry", 429],
      ["baserun.retry", 429],
    ])
    expect(spans[0]!.status).toEqual({})
  })

  test("a call that the application cancels is no error", async () => {
    const controller = new AbortController()
    // Long enough to be under way still: what is aborted as it ends is sometimes never settled by Node's own fetch.
    const long = [{ role: "user" as const, content: "[fake words=400] hello" }]
    const stream = await client().chat.completions.create(
      { model: "gpt-4.1-mini", messages: long, stream: true },
      { signal: controller.signal },
    )
    await expect(
      (async () => {
        for await (const _ of stream) controller.abort()
      })(),
    ).resolves.toBeUndefined()
    const { spans } = await held.arrived()
    expect(spans).toHaveLength(1)
    expect(spans[0]!.status).toEqual({})
    expect(["cancelled", "closed"]).toContain(spans[0]!.attributes["baserun.stream.ended"])
  })

  test("a stream whose connection breaks is an error with what was read", async () => {
    const stream = await client().chat.completions.create({
      model: "gpt-4.1-mini",
      messages: [{ role: "user", content: "[fake break_after=5 words=30] hello" }],
      stream: true,
    })
    await expect(async () => {
      for await (const _ of stream);
    }).rejects.toThrow()
    const { spans } = await held.arrived()
    expect(spans).toHaveLength(1)
    expect(spans[0]!.status.code).toBe(2)
    expect(spans[0]!.attributes).toMatchObject({
      "baserun.stream.ended": "error",
      "gen_ai.output.messages": [{ role: "assistant" }],
    })
  })

  test("a stream that the provider ends with an error is an error with the provider's words", async () => {
    const stream = await client().chat.completions.create({
      model: "gpt-4.1-mini",
      messages: [{ role: "user", content: "[fake error_after=5 words=30] hello" }],
      stream: true,
    })
    await expect(async () => {
      for await (const _ of stream);
    }).rejects.toThrow()
    const { spans } = await held.arrived()
    expect(spans).toHaveLength(1)
    expect(spans[0]!.status.code).toBe(2)
    expect(spans[0]!.status.message).not.toBe("")
    expect(spans[0]!.attributes["baserun.stream.ended"]).toBe("error")
  })

  test("a call that takes too long is one span with its retries", async () => {
    const call = client().chat.completions.create(
      { model: "gpt-4.1-mini", messages: [{ role: "user", content: "[fake delay=2] hello" }] },
      { timeout: 100, maxRetries: 1 },
    )
    await expect(call).rejects.toThrow("timed out")
    const { spans } = await held.arrived()
    expect(spans).toHaveLength(1)
    expect(spans[0]!.attributes).toMatchObject({
      "error.type": "APIConnectionTimeoutError",
      "http.request.resend_count": 1,
    })
  })

  test("a lost connection is an error", async () => {
    const openai = baserun.wrap(new OpenAI6({ apiKey: "test", baseURL: "http://127.0.0.1:1/v1", maxRetries: 0 }))
    await expect(openai.chat.completions.create({ model: "gpt-4.1-mini", messages })).rejects.toThrow(
      "Connection error",
    )
    const { spans } = await held.arrived()
    expect(spans).toHaveLength(1)
    expect(spans[0]!.status.code).toBe(2)
    expect(spans[0]!.attributes).toMatchObject({
      "error.type": "APIConnectionError",
      "gen_ai.input.messages": expect.any(Array),
    })
  })

  test("responses, whole and streamed, with the response before them", async () => {
    const first = await client().responses.create({
      model: "gpt-4.1-mini",
      input: "Hello",
      instructions: "Be kind.",
      safety_identifier: "safe-1",
    })
    const stream = await client().responses.create({
      model: "gpt-4.1-mini",
      input: "And now?",
      previous_response_id: first.id,
      stream: true,
    })
    for await (const _ of stream);
    const { spans } = await held.arrived()
    expect(spans).toHaveLength(2)
    expect(spans[0]!.attributes).toMatchObject({
      "gen_ai.system_instructions": [{ type: "text", content: "Be kind." }],
      "gen_ai.input.messages": [{ role: "user", parts: [{ type: "text", content: "Hello" }] }],
      "gen_ai.output.messages": [
        { role: "assistant", parts: [{ type: "text", content: first.output_text }], finish_reason: "stop" },
      ],
      "gen_ai.usage.input_tokens": first.usage!.input_tokens,
      "baserun.provider.user": "safe-1",
      "baserun.provider.user_field": "safety_identifier",
    })
    expect(spans[1]!.attributes).toMatchObject({
      "gen_ai.request.stream": true,
      "gen_ai.request.previous_response.id": first.id,
      "gen_ai.usage.output_tokens": expect.any(Number),
      "baserun.stream.ended": "complete",
    })
  })

  test("what is no call of a model is left alone", async () => {
    await client()
      .models.list()
      .catch(() => undefined)
    const { spans } = await held.arrived()
    expect(spans).toEqual([])
  })

  test("an answer that the application changes is recorded as it came", async () => {
    const completion = await client().chat.completions.create({ model: "gpt-4.1-mini", messages })
    const said = completion.choices[0]!.message.content
    completion.choices[0]!.message.content = "changed"
    const { spans } = await held.arrived()
    expect(JSON.stringify(spans[0]!.attributes["gen_ai.output.messages"])).toContain(said)
  })

  test("a thousand sessions at once keep their calls apart", async () => {
    const openai = client()
    const canned = JSON.stringify({
      id: "c",
      object: "chat.completion",
      model: "m",
      choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: "ok" } }],
    })
    const own = openai.withOptions({
      fetch: async () => {
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 20))
        return new Response(canned, { headers: { "content-type": "application/json" } })
      },
    })
    await Promise.all(
      Array.from({ length: 1_000 }, (_, n) =>
        baserun.session(
          async () => {
            await own.chat.completions.create({ model: "m", messages: [{ role: "user", content: `user-${n}` }] })
            await Promise.resolve()
            await own.chat.completions.create({ model: "m", messages: [{ role: "user", content: `user-${n}` }] })
          },
          { user: `user-${n}`, sessionId: `session-${n}` },
        ),
      ),
    )
    const { spans } = await held.arrived()
    expect(spans).toHaveLength(2_000)
    for (const { attributes } of spans) {
      const [message] = attributes["gen_ai.input.messages"] as { parts: { content: string }[] }[]
      expect(attributes["user.id"]).toBe(message!.parts[0]!.content)
      expect(attributes["session.id"]).toBe(String(attributes["user.id"]).replace("user", "session"))
    }
  })
})
