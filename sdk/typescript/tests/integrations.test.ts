import { baserun } from "baserun"
import { baserunExpress } from "baserun/express"
import { baserunFastify } from "baserun/fastify"
import { baserunHono } from "baserun/hono"
import { withBaserun } from "baserun/next"
import { BaserunSpanProcessor } from "baserun/opentelemetry"
import { capture } from "baserun/testing"
import { context, trace } from "@opentelemetry/api"
import { NodeTracerProvider } from "@opentelemetry/sdk-trace-node"
import express from "express"
import fastify from "fastify"
import { Hono } from "hono"
import type { AddressInfo } from "node:net"
import { expect, test } from "vitest"
import { recording } from "./support/recording.js"

const held = recording()
const work = baserun.trace(async () => undefined, "work")
const seen = async (): Promise<[unknown, unknown][]> =>
  (await held.arrived()).spans.map((one) => [one.attributes["session.id"], one.attributes["user.id"]])
const many = Array.from({ length: 20 }, (_, n) => n)
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.random() * 20))

test("Express: user by header, session by path, each request its own", async () => {
  const app = express()
  app.post(
    "/chats/:id",
    baserunExpress({ user: { header: "X-User" }, session: { param: "id" } }),
    express.json(),
    async (_, response) => {
      await pause()
      await work()
      response.json({})
    },
  )
  const server = app.listen(0)
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  await Promise.all(many.map((n) => fetch(`${url}/chats/s-${n}`, { method: "POST", headers: { "x-user": `u-${n}` } })))
  server.close()
  expect((await seen()).sort()).toEqual(many.map((n) => [`s-${n}`, `u-${n}`]).sort())
})

test("Fastify: session by cookie, user by a function", async () => {
  const app = fastify()
  await app.register(baserunFastify, {
    user: (request) => String(request.headers["authorization"]).slice(7),
    session: { cookie: "chat" },
  })
  app.post("/", async () => {
    await pause()
    await work()
    return {}
  })
  await Promise.all(
    many.map((n) =>
      app.inject({
        method: "POST",
        url: "/",
        payload: { a: 1 },
        headers: { authorization: `Bearer u-${n}`, cookie: `a=b; chat=s%20${n}` },
      }),
    ),
  )
  await app.close()
  expect((await seen()).sort()).toEqual(many.map((n) => [`s ${n}`, `u-${n}`]).sort())
})

test("Hono: user by query, and delivery at the edge", async () => {
  const waiting: Promise<unknown>[] = []
  const app = new Hono().use(baserunHono({ user: { query: "user" } })).get("/", async (context) => {
    await work()
    return context.text("ok")
  })
  await app.request("/?user=ada", {}, {}, {
    waitUntil: (one: Promise<unknown>) => waiting.push(one),
    passThroughOnException: () => undefined,
    props: {},
  } as never)
  expect(waiting).toHaveLength(1)
  await Promise.all(waiting)
  expect(held.collector.span("work").attributes["user.id"]).toBe("ada")
  await (await app.request("/?user=eve")).text()
  expect(await seen()).toEqual([
    [undefined, "ada"],
    [undefined, "eve"],
  ])
})

test("Next.js: a route handler with the parameters of its path", async () => {
  const after: (() => Promise<void>)[] = []
  const POST = withBaserun(
    async (request: Request, context: { params: Promise<{ id: string }> }) => {
      await work()
      return Response.json({ id: (await context.params).id, url: request.url })
    },
    { user: { header: "x-user" }, session: { param: "id" }, after: (one) => after.push(one) },
  )
  const response = await POST(new Request("http://a/chats/s-1", { headers: { "x-user": "ada" } }), {
    params: Promise.resolve({ id: "s-1" }),
  })
  expect(await response.json()).toMatchObject({ id: "s-1" })
  expect(after).toHaveLength(1)
  expect(await seen()).toEqual([["s-1", "ada"]])
})

test("baggage is taken only where the application trusts it", async () => {
  const sent = { traceparent: `00-${"a".repeat(32)}-${"b".repeat(16)}-01`, baggage: "session.id=s-9,user.id=ada" }
  for (const propagate of [true, false]) {
    const GET = withBaserun(async (_: Request) => work(), { propagate })
    await GET(new Request("http://a/", { headers: sent }), {})
  }
  const { spans } = await held.arrived()
  expect(spans[0]).toMatchObject({
    traceId: "a".repeat(32),
    parentSpanId: "b".repeat(16),
    attributes: { "session.id": "s-9", "user.id": "ada" },
  })
  expect(spans[1]!.attributes["session.id"]).toBeUndefined()
})

test("spans of OpenTelemetry come with session and user, those of models only", async () => {
  const provider = new NodeTracerProvider({ spanProcessors: [new BaserunSpanProcessor()] })
  const tracer = provider.getTracer("langchain")
  await baserun.session(
    () =>
      tracer.startActiveSpan(
        "chain",
        { kind: 2, attributes: { "openinference.span.kind": "CHAIN", "llm.token_count.prompt": 3, ratio: 0.5 } },
        (outer) => {
          tracer.startSpan("SELECT", { attributes: { "db.system": "sqlite" } }).end()
          outer.addEvent("seen", { a: "b" })
          outer.setStatus({ code: 2, message: "bad" })
          outer.end()
        },
      ),
    { user: "ada", sessionId: "s-1" },
  )
  const { spans } = await held.arrived()
  expect(spans).toHaveLength(1)
  expect(spans[0]).toMatchObject({
    name: "chain",
    kind: 3,
    status: { code: 2, message: "bad" },
    attributes: {
      "session.id": "s-1",
      "user.id": "ada",
      "openinference.span.kind": "CHAIN",
      "llm.token_count.prompt": 3,
      ratio: 0.5,
    },
    events: [{ name: "seen", attributes: { a: "b" } }],
  })
})

test("what is recorded inside a span of OpenTelemetry is its child, and inside one of ours that is nearer, ours", async () => {
  const provider = new NodeTracerProvider({ spanProcessors: [new BaserunSpanProcessor({ filter: () => true })] })
  provider.register()
  const tracer = provider.getTracer("app")
  await tracer.startActiveSpan("request", async (outer) => {
    await baserun.trace(async () => {
      await work()
      await tracer.startActiveSpan("step", async (inner) => {
        await work()
        inner.end()
      })
    }, "ours")()
    outer.end()
  })
  trace.disable()
  context.disable()
  const { spans } = await held.arrived()
  const ids = (name: string): string[] => spans.filter((one) => one.name === name).map((one) => one.spanId)
  expect(new Set(spans.map((one) => one.traceId)).size).toBe(1)
  expect(spans.find((one) => one.name === "ours")!.parentSpanId).toBe(ids("request")[0])
  expect(spans.filter((one) => one.name === "work").map((one) => one.parentSpanId)).toEqual([
    ids("ours")[0],
    ids("step")[0],
  ])
})

test("capture shows what a function records, with no server", async () => {
  const { result, spans, records } = await capture(() => baserun.session(() => work(), { user: "ada" }))
  expect(result.sessionId).toBeTruthy()
  expect(spans.map((one) => one["name"])).toEqual(["work"])
  expect(records.map((one) => one["eventName"])).toEqual(["session.start"])
  expect((await held.arrived()).spans).toEqual([])
})
