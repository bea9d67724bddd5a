import Anthropic from "@anthropic-ai/sdk"
import { baserun } from "baserun"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import OpenAI from "openai"
import { describe, expect, test } from "vitest"
import type { Plain } from "./support/collector.js"
import { recording } from "./support/recording.js"

const held = recording({ serviceName: "shop", environment: "test", release: "1.2" })
const CONTRACT = join(import.meta.dirname, "../../../contract")
const read = (path: string): any => JSON.parse(readFileSync(join(CONTRACT, path), "utf8"))
const attributes = read("attributes.json")

interface Exchange {
  library: "openai" | "anthropic"
  request: { url: string; body: Plain }
  response: { status: number; body?: unknown; events?: string[] }
  span: { name: string; status: object; attributes: Plain }
}

/** The real client, answered as the exchange says. */
async function replay({
  library,
  request,
  response,
}: Pick<Exchange, "library" | "request" | "response">): Promise<void> {
  const answer = async (): Promise<Response> =>
    response.events
      ? new Response(response.events.map((one) => `${one}\n\n`).join(""), {
          status: response.status,
          headers: { "content-type": "text/event-stream" },
        })
      : Response.json(response.body, { status: response.status })
  const url = new URL(request.url)
  const [, base, path] = /^(.*?\/v1)?(\/.*)$/.exec(url.pathname)!
  const client = baserun.wrap(
    library === "openai"
      ? new OpenAI({ apiKey: "test", baseURL: url.origin + (base ?? ""), fetch: answer, maxRetries: 2 })
      : new Anthropic({ apiKey: "test", baseURL: url.origin, fetch: answer, maxRetries: 2 }),
  )
  const result: unknown = await client
    .post(library === "openai" ? path! : url.pathname, {
      body: request.body,
      stream: request.body["stream"] === true,
    } as object)
    .catch(() => undefined)
  if (result && typeof result === "object" && Symbol.asyncIterator in result)
    for await (const _ of result as AsyncIterable<unknown>);
}

/** Placeholders `<…>` stand for any value of the right form. */
function matched(expected: Plain): Plain {
  return Object.fromEntries(
    Object.entries(expected).map(([key, value]) => [
      key,
      value === "<seconds>"
        ? expect.any(Number)
        : typeof value === "string" && /^<.*>$/.test(value)
          ? expect.any(String)
          : value,
    ]),
  )
}

describe("what both SDKs make of an exchange", () => {
  test.each(readdirSync(join(CONTRACT, "exchanges")))(
    "%s",
    async (name) => {
      const exchange: Exchange = read(`exchanges/${name}`)
      const { status } = exchange.response
      await replay(exchange)
      const { spans } = await held.arrived()
      expect(spans).toHaveLength(1)
      expect(spans[0]!.name).toBe(exchange.span.name)
      expect(spans[0]!.status).toEqual(exchange.span.status)
      const { "http.request.resend_count": _, ...got } = spans[0]!.attributes
      expect(got).toEqual(matched(exchange.span.attributes))
      expect(status).toBe(got["http.response.status_code"])
    },
    30_000,
  )
})

describe("the spans of the contract", () => {
  test("chat_plain.json", async () => {
    const { span } = read("spans/chat_plain.json")
    await baserun.session(
      () =>
        replay({
          library: "openai",
          request: {
            url: "https://api.openai.com/v1/chat/completions",
            body: {
              model: "gpt-4.1-mini",
              user: "hash-of-ada",
              messages: [
                { role: "system", content: "Be brief." },
                { role: "user", content: 'Say "this is a test"' },
              ],
            },
          },
          response: {
            status: 200,
            body: {
              id: "chatcmpl-1",
              model: "gpt-4.1-mini-2025-04-14",
              choices: [{ index: 0, message: { role: "assistant", content: "this is a test" }, finish_reason: "stop" }],
              usage: {
                prompt_tokens: 21,
                completion_tokens: 5,
                prompt_tokens_details: { cached_tokens: 0 },
                completion_tokens_details: { reasoning_tokens: 0 },
              },
            },
          },
        }),
      { user: "u-1", sessionId: "s-1" },
    )
    const [got] = (await held.arrived()).spans
    expect(got).toEqual({ ...matched(span), attributes: matched(span.attributes) })
  })

  test("chat_error.json", async () => {
    const { span } = read("spans/chat_error.json")
    await replay({
      library: "openai",
      request: {
        url: "https://api.openai.com/v1/chat/completions",
        body: { model: "gpt-4.1-mini", messages: [{ role: "user", content: "Hello" }] },
      },
      response: { status: 429, body: { error: { message: "Rate limit reached", code: "rate_limit_exceeded" } } },
    })
    const [got] = (await held.arrived()).spans
    expect(got!.events).toHaveLength(2)
    expect({ ...got, events: undefined }).toEqual({ ...matched(span), attributes: matched(span.attributes) })
  })
})

describe("the records of the contract", () => {
  test("session.json", async () => {
    const { records } = read("logs/session.json")
    await baserun.session((session) => session.end({ outcome: "completed" }), {
      user: "u-1",
      sessionId: "s-1",
      name: "Refund",
    })
    const got = (await held.arrived()).records
    expect(got).toEqual(
      records.map((one: any) => ({ ...matched(one), body: undefined, attributes: matched(one.attributes) })),
    )
  })

  test("feedback.json", async () => {
    const { record } = read("logs/feedback.json")
    await baserun.session(
      () =>
        baserun.trace(() => baserun.feedback("helpful", { thumbsup: false, metadata: { comment: "useless" } }), "t")(),
      { user: "u-1", sessionId: "s-1" },
    )
    const [got] = (await held.arrived()).events("gen_ai.evaluation.result")
    expect(got).toEqual({ ...matched(record), body: undefined, attributes: matched(record.attributes) })
  })
})

test("every attribute that is sent stands in attributes.json", async () => {
  for (const name of readdirSync(join(CONTRACT, "exchanges"))) await replay(read(`exchanges/${name}`))
  await baserun.session(() => baserun.trace((_: string) => 1, { name: "t", metadata: { a: 1 }, tags: ["x"] })("in"), {
    user: "u",
  })
  const { spans, resources } = await held.arrived()
  const known = (key: string, among: object): boolean =>
    key in among || Object.keys(among).some((one) => one.endsWith(".*") && key.startsWith(one.slice(0, -1)))
  for (const span of spans)
    for (const key of Object.keys(span.attributes)) expect(known(key, attributes.span), key).toBe(true)
  for (const key of Object.keys(resources.at(-1)!)) expect(known(key, attributes.resource), key).toBe(true)
  expect(resources.at(-1)).toMatchObject({
    "service.name": "shop",
    "deployment.environment.name": "test",
    "service.version": "1.2",
    "telemetry.sdk.language": "nodejs",
  })
})
