import { baserun } from "baserun"
import OpenAI from "openai"
import { expect, test } from "vitest"
import { providerUrl, recording } from "./support/recording.js"

const held = recording()

test("each call of a traced function is a trace with its arguments and result", async () => {
  const add = baserun.trace(async (a: number, b: number) => a + b, {
    name: "add",
    metadata: { team: "sums", deep: { a: 1 } },
    tags: ["x"],
  })
  expect(await add(1, 2)).toBe(3)
  const collector = await held.arrived()
  expect(collector.span("add").kind).toBe(1)
  expect(collector.span("add").attributes).toEqual({
    "baserun.span.kind": "chain",
    "baserun.input": [1, 2],
    "baserun.output": 3,
    "baserun.metadata.team": "sums",
    "baserun.metadata.deep": '{"a":1}',
    "baserun.tags": ["x"],
  })
})

test("a plain function stays plain, keeps `this` and its name", async () => {
  const counter = {
    step: 2,
    next: baserun.trace(function next(this: { step: number }, n: number) {
      return n + this.step
    }),
  }
  expect(counter.next(1)).toBe(3)
  expect(counter.next.name).toBe("next")
  expect((await held.arrived()).span("next").attributes["baserun.output"]).toBe(3)
})

test("a name alone may stand for the options, and a function without a name has one", async () => {
  baserun.trace(() => 1, "named")()
  baserun.trace(
    (
      () => () =>
        1
    )(),
  )()
  expect((await held.arrived()).spans.map((one) => one.name)).toEqual(["named", "baserun trace"])
})

test("a trace inside a trace is a step of it", async () => {
  const inner = baserun.trace(async () => 1, "inner")
  await baserun.trace(async () => (await inner()) + (await inner()), "outer")()
  const collector = await held.arrived()
  const outer = collector.span("outer")
  const steps = collector.spans.filter((one) => one.name === "inner")
  expect(steps.map((one) => [one.traceId, one.parentSpanId])).toEqual([
    [outer.traceId, outer.spanId],
    [outer.traceId, outer.spanId],
  ])
  expect("parentSpanId" in outer).toBe(false)
})

test("what is thrown is recorded and goes on", async () => {
  expect(() =>
    baserun.trace(() => {
      throw new TypeError("bad")
    }, "sync")(),
  ).toThrow(TypeError)
  await expect(
    baserun.trace(async () => {
      throw new TypeError("bad")
    }, "async")(),
  ).rejects.toThrow(TypeError)
  const collector = await held.arrived()
  for (const name of ["sync", "async"]) {
    expect(collector.span(name).status).toEqual({ code: 2, message: "bad" })
    expect(collector.span(name).attributes["error.type"]).toBe("TypeError")
  }
})

test("a tool is a span of its own kind", async () => {
  await baserun.trace(async (_: { user: string }) => ["order-1"], { name: "search_orders", kind: "tool" })({
    user: "9",
  })
  expect((await held.arrived()).span("search_orders").attributes).toEqual({
    "baserun.span.kind": "tool",
    "gen_ai.operation.name": "execute_tool",
    "gen_ai.tool.name": "search_orders",
    "gen_ai.tool.call.arguments": { user: "9" },
    "gen_ai.tool.call.result": ["order-1"],
  })
})

test("the trace of a generator lasts until its end, holds what it does, and its values are its result", async () => {
  const step = baserun.trace(async () => 1, "step")
  const count = baserun.trace(async function* count(upTo: number) {
    for (let n = 0; n < upTo; n += 1) {
      await step()
      yield `${n}`
    }
  })
  const seen: string[] = []
  for await (const one of count(3)) {
    seen.push(one)
    await baserun.trace(async () => 1, "consumer")()
  }
  expect(seen).toEqual(["0", "1", "2"])
  const collector = await held.arrived()
  const span = collector.span("count")
  expect(span.attributes["baserun.output"]).toBe("012")
  expect(collector.spans.filter((one) => one.name === "step").every((one) => one.parentSpanId === span.spanId)).toBe(
    true,
  )
  expect(collector.spans.filter((one) => one.name === "consumer").every((one) => one.parentSpanId === undefined)).toBe(
    true,
  )
})

test("the trace of a stream, a response and a client's stream lasts until they were read", async () => {
  const openai = baserun.wrap(new OpenAI({ apiKey: "test", baseURL: `${providerUrl()}/v1` }))
  const messages = [{ role: "user" as const, content: "Hi" }]
  const ask = baserun.trace(
    (stream: true) => openai.chat.completions.create({ model: "gpt-4.1-mini", messages, stream }),
    "client stream",
  )
  const stream = await ask(true)
  await baserun.flush()
  expect(held.collector.spans).toEqual([])
  const answer = baserun.trace(async () => new Response(stream.toReadableStream()), "response")
  const response = await answer()
  expect(response).toBeInstanceOf(Response)
  await response.text()
  const collector = await held.arrived()
  expect(collector.span("chat gpt-4.1-mini").parentSpanId).toBe(collector.span("client stream").spanId)
  expect(collector.span("response").status).toEqual({})
})

test("a client's own promise stays itself with its methods", async () => {
  const openai = baserun.wrap(new OpenAI({ apiKey: "test", baseURL: `${providerUrl()}/v1` }))
  const ask = baserun.trace(
    () => openai.chat.completions.create({ model: "gpt-4.1-mini", messages: [{ role: "user", content: "Hi" }] }),
    "ask",
  )
  const { data, response } = await ask().withResponse()
  expect(response.status).toBe(200)
  const collector = await held.arrived()
  expect(collector.span("ask").attributes["baserun.output"]).toMatchObject({ id: data.id })
})

test("a using block is a trace whose result and metadata can be given, also afterwards", async () => {
  let kept
  {
    using trace = baserun.startTrace("block", { metadata: { a: 1 } })
    trace.metadata["b"] = true
    trace.tag("t")
    await baserun.trace(async () => 1, "step")()
    kept = trace
  }
  kept.result = { answer: 7 }
  kept.metadata = { late: "yes" }
  const collector = await held.arrived()
  expect(collector.span("block").attributes).toMatchObject({
    "baserun.metadata.a": 1,
    "baserun.metadata.b": true,
    "baserun.tags": ["t"],
  })
  expect(collector.span("step").parentSpanId).toBe(collector.span("block").spanId)
  const updates = collector.events("baserun.trace.update")
  expect(updates.map((one) => one.traceId)).toEqual([kept.id, kept.id])
  expect(updates[0]!.attributes["baserun.output"]).toEqual({ answer: 7 })
  expect(updates[1]!.attributes["baserun.metadata.late"]).toBe("yes")
})

test("a trace may have a user and a session of its own", async () => {
  await baserun.trace(async () => 1, { name: "own", user: "ada", sessionId: "s-9" })()
  expect((await held.arrived()).span("own").attributes).toMatchObject({ "user.id": "ada", "session.id": "s-9" })
})

test("values that are no JSON are shown, and arguments are kept as they were at the call", async () => {
  const cycle: Record<string, unknown> = {
    big: 10n,
    map: new Map([["a", 1]]),
    bytes: new Uint8Array(3),
    fn: function named() {},
  }
  cycle["self"] = cycle
  const nasty = {
    get boom() {
      throw new Error("no")
    },
  }
  const list = ["before"]
  baserun.trace((..._: unknown[]) => list.push("after"), "odd")(cycle, nasty, list)
  const [first, second, third] = (await held.arrived()).span("odd").attributes["baserun.input"] as Record<
    string,
    unknown
  >[]
  expect(first).toMatchObject({ big: "10", self: "<circular>", fn: "<function named>" })
  expect(second).toEqual({ boom: "<unreadable>" })
  expect(third).toEqual(["before"])
})

test("capture: false keeps arguments and result out", async () => {
  baserun.trace((secret: string) => secret, { name: "quiet", capture: false })("s")
  expect((await held.arrived()).span("quiet").attributes).toEqual({ "baserun.span.kind": "chain" })
})
