import { baserun, type Session } from "baserun"
import { expect, test } from "vitest"
import { recording } from "./support/recording.js"

const held = recording()
const work = baserun.trace(async () => undefined, "work")

test("a session gives the result and an id that is known before anything is sent", async () => {
  let inside: Session | undefined
  const { data, sessionId } = await baserun.session(
    async (session) => {
      inside = session
      await work()
      return 42
    },
    { user: "u-1", name: "Refund", metadata: { plan: "pro" } },
  )
  expect(data).toBe(42)
  expect(sessionId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(inside!.id).toBe(sessionId)
  expect(inside!.identifier).toBe(sessionId)
  const collector = await held.arrived()
  expect(collector.span("work").attributes).toMatchObject({ "session.id": sessionId, "user.id": "u-1" })
  expect(collector.events("session.start")[0]!.attributes).toMatchObject({
    "session.id": sessionId,
    "user.id": "u-1",
    "baserun.session.name": "Refund",
    "baserun.metadata.plan": "pro",
  })
})

test("the older form of the call works", async () => {
  const { data, sessionId } = await baserun.session({ session: () => "done", user: "u-1", sessionId: "s-1" })
  expect({ data, sessionId }).toEqual({ data: "done", sessionId: "s-1" })
})

test("a session without a user and a call without options work", async () => {
  expect((await baserun.session(() => work(), { sessionId: "s-2" })).sessionId).toBe("s-2")
  await baserun.session(() => work())
  const collector = await held.arrived()
  const span = collector.spans.find((one) => one.attributes["session.id"] === "s-2")!
  expect("user.id" in span.attributes).toBe(false)
})

test("what the function throws goes on", async () => {
  await expect(
    baserun.session(() => {
      throw new RangeError("no")
    }),
  ).rejects.toThrow(RangeError)
})

test("parallel sessions never touch each other", async () => {
  const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
  await Promise.all(
    [30, 5, 15].map((ms) =>
      baserun.session(
        async () => {
          await pause(ms)
          await work()
          await pause(ms)
          await work()
        },
        { user: `u-${ms}`, sessionId: `s-${ms}` },
      ),
    ),
  )
  const { spans } = await held.arrived()
  expect(spans).toHaveLength(6)
  for (const { attributes } of spans)
    expect(attributes["session.id"]).toBe(String(attributes["user.id"]).replace("u", "s"))
})

test("a session inside a session takes over for its time, and keeps the user where it names none", async () => {
  await baserun.session(
    async () => {
      await baserun.session(() => work(), { sessionId: "inner" })
      await work()
    },
    { user: "ada", sessionId: "outer" },
  )
  const { spans } = await held.arrived()
  expect(spans.map((one) => [one.attributes["session.id"], one.attributes["user.id"]])).toEqual([
    ["inner", "ada"],
    ["outer", "ada"],
  ])
})

test("a session inside a trace covers the trace", async () => {
  await baserun.trace(() => baserun.session(() => work(), { user: "ada", sessionId: "s-3" }), "outside")()
  const collector = await held.arrived()
  expect(collector.span("work").parentSpanId).toBe(collector.span("outside").spanId)
  expect(collector.span("outside").attributes).toMatchObject({ "session.id": "s-3", "user.id": "ada" })
})

test("a using block holds its session until its end", async () => {
  async function handle(): Promise<void> {
    await Promise.resolve()
    using session = baserun.startSession({ user: "ada", sessionId: "s-4" })
    await work()
    expect(baserun.currentSession()).toBe(session)
  }
  await handle()
  expect(baserun.currentSession()).toBeUndefined()
  await work()
  const { spans } = await held.arrived()
  expect(spans.map((one) => one.attributes["session.id"])).toEqual(["s-4", undefined])
})

test("an await using block works too, and blocks may be nested", async () => {
  await (async () => {
    await using outer = baserun.startSession({ sessionId: "outer" })
    {
      await using _ = baserun.startSession({ sessionId: "inner" })
      await work()
    }
    await work()
    void outer
  })()
  const { spans } = await held.arrived()
  expect(spans.map((one) => one.attributes["session.id"])).toEqual(["inner", "outer"])
})

test("functions with using blocks that run side by side after a first await keep apart", async () => {
  const handle = async (n: number): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, 1))
    using _ = baserun.startSession({ user: `u-${n}`, sessionId: `s-${n}` })
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 10))
    await work()
  }
  await Promise.all(Array.from({ length: 50 }, (_, n) => handle(n)))
  const { spans } = await held.arrived()
  expect(new Set(spans.map((one) => one.attributes["session.id"])).size).toBe(50)
  for (const { attributes } of spans)
    expect(attributes["session.id"]).toBe(String(attributes["user.id"]).replace("u", "s"))
})

test("an end is told once, and again only with news", async () => {
  await baserun.session(
    (session) => {
      session.end({ outcome: "completed" })
      session.end({ outcome: "completed" })
      session.end()
      session.end("failed")
    },
    { sessionId: "s-5", user: "ada" },
  )
  baserun.endSession("s-6")
  const ends = (await held.arrived()).events("session.end")
  expect(ends.map((one) => [one.attributes["session.id"], one.attributes["baserun.session.outcome"]])).toEqual([
    ["s-5", "completed"],
    ["s-5", "failed"],
    ["s-6", undefined],
  ])
})

test("ids that are none are mended or ignored, and long ones are hashed with the original kept", async () => {
  const long = "x".repeat(2_000)
  // What untyped callers pass.
  await baserun.session(() => work(), { user: 7 as unknown as string, sessionId: "" })
  await baserun.session(() => work(), { sessionId: long })
  const { spans } = await held.arrived()
  expect(spans[0]!.attributes["user.id"]).toBe("7")
  expect(spans[0]!.attributes["session.id"]).toMatch(/^[0-9a-f-]{36}$/)
  expect(spans[1]!.attributes["session.id"]).toMatch(/^[0-9a-f]{64}$/)
  expect(spans[1]!.attributes["baserun.id.original"]).toBe(long)
})

test("a call without a function says what to do", async () => {
  await expect(baserun.session({} as never)).rejects.toThrow("hint: call it as")
})

test("before init and after shutdown everything runs and nothing is recorded", async () => {
  await baserun.shutdown()
  const { data, sessionId } = await baserun.session(async () => {
    baserun.log("a", "b")
    baserun.feedback("c", { thumbsup: true })
    await work()
    return 1
  })
  expect(data).toBe(1)
  expect(sessionId).toBeTruthy()
  await baserun.flush()
})
