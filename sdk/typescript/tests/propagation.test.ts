import { baserun } from "baserun"
import { expect, test } from "vitest"
import { recording } from "./support/recording.js"

const held = recording()
const work = baserun.trace(async () => undefined, "work")

test("what one service sends, the other continues: one session, one user, one trace", async () => {
  let sent: Record<string, string> = {}
  await baserun.session(
    () => baserun.trace(() => (sent = baserun.headers({ accept: "x", baggage: "other=1" })), "caller")(),
    {
      user: "ada, the first",
      sessionId: "s=1;2",
    },
  )
  expect(sent["accept"]).toBe("x")
  expect(sent["baggage"]).toBe("other=1,session.id=s%3D1%3B2,user.id=ada%2C%20the%20first")
  await baserun.continueFrom(sent, () => work())
  await baserun.continueFrom(new Headers(sent), () => work())
  const collector = await held.arrived()
  const caller = collector.span("caller")
  for (const span of collector.spans.filter((one) => one.name === "work")) {
    expect(span).toMatchObject({ traceId: caller.traceId, parentSpanId: caller.spanId })
    expect(span.attributes).toMatchObject({ "session.id": "s=1;2", "user.id": "ada, the first" })
  }
})

test("headers that are no headers of ours change nothing", async () => {
  await baserun.continueFrom({ traceparent: "nonsense", baggage: "a;b=,,=c,session.id=%E0%A4%A" }, () => work())
  const span = (await held.arrived()).span("work")
  expect(span.parentSpanId).toBeUndefined()
  expect(span.attributes["session.id"]).toBe("%E0%A4%A")
})

test("outside of any session there is nothing to send", () => {
  expect(baserun.headers({ a: "b" })).toEqual({ a: "b" })
})
