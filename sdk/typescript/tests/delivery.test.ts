import { baserun } from "baserun"
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { retryAfter } from "../dist/esm/_export.js"
import { Collector } from "./support/collector.js"

let collector: Collector
const until = async (holds: () => boolean, ms = 15_000): Promise<void> => {
  const end = Date.now() + ms
  while (!holds() && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 20))
}
const note = (n: number): number => baserun.trace(() => 1, { name: `n-${n}` })()

beforeEach(async () => {
  collector = await Collector.start()
})
afterEach(async () => {
  await baserun.shutdown({ timeout: 100 })
  await collector.stop()
})
const init = (more = {}): Promise<void> =>
  baserun.init({ url: collector.url, instrument: false, quiet: true, raiseFaults: true, flushInterval: 20, ...more })

test("what the server cannot take now is sent again and arrives once", async () => {
  let refusals = 3
  collector.mood = () => (refusals-- > 0 ? [500, 429, 503][refusals] : undefined)
  await init()
  for (let n = 0; n < 50; n += 1) note(n)
  await until(() => collector.spans.length >= 50)
  expect(collector.spans.map((one) => one.name)).toEqual(Array.from({ length: 50 }, (_, n) => `n-${n}`))
  expect(collector.requests.map((one) => one.status)).toContain(503)
})

test("the server says when to come again, in seconds or by date", async () => {
  expect(retryAfter("2")).toBe(2_000)
  expect(retryAfter("0.5")).toBe(500)
  expect(retryAfter(new Date(10_000).toUTCString(), 4_000)).toBe(6_000)
  expect(retryAfter("soon")).toBeUndefined()
  expect(retryAfter(null)).toBeUndefined()
  let first = true
  collector.mood = (_, response) => {
    if (!first) return undefined
    first = false
    response.setHeader("retry-after", "0.05")
    return 429
  }
  await init()
  note(1)
  await until(() => collector.spans.length === 1)
  expect(collector.spans).toHaveLength(1)
})

test("what is refused for good is given up, counted and told", async () => {
  // Exactly one request: the report of the loss may follow at once, and must find an open door.
  let refusals = 1
  collector.mood = () => (refusals-- > 0 ? 400 : undefined)
  await init()
  note(1)
  await until(() => collector.requests.length > 0)
  await baserun.flush()
  note(2)
  // The report and the next span are requests of their own: either may come first.
  await until(() => collector.events("baserun.sdk.loss").length > 0 && collector.spans.length > 0)
  expect(collector.spans.map((one) => one.name)).toEqual(["n-2"])
  expect(collector.events("baserun.sdk.loss")[0]!.attributes).toMatchObject({ "baserun.loss.spans": 1 })
})

test("an outage loses nothing that fits, and nothing waits for it", async () => {
  const { port } = collector
  await collector.stop()
  await init({ url: `http://127.0.0.1:${port}` })
  const start = performance.now()
  for (let n = 0; n < 2_000; n += 1) note(n)
  expect(performance.now() - start).toBeLessThan(5_000)
  await new Promise((resolve) => setTimeout(resolve, 300))
  collector = await Collector.start(port)
  await until(() => collector.spans.length >= 2_000)
  expect(collector.spans).toHaveLength(2_000)
  expect(new Set(collector.spans.map((one) => one.spanId)).size).toBe(2_000)
})

test("a full queue lets go of the oldest content first, then of the oldest, and reports both", async () => {
  collector.mood = () => 503
  await init({ maxQueueItems: 400, maxQueueBytes: 500_000 })
  for (let n = 0; n < 1_000; n += 1) baserun.trace((_: string) => 1, { name: `n-${n}` })("x".repeat(10))
  collector.mood = () => undefined
  const lost = (): number => collector.events("baserun.sdk.loss").reduce((sum, one) => sum + Number(one.attributes["baserun.loss.spans"]), 0)
  await until(() => lost() + collector.spans.length === 1_000)
  expect(collector.spans.map((one) => one.name)).toContain("n-999")
  expect(collector.spans.length).toBeLessThan(1_000)
  expect(lost() + collector.spans.length).toBe(1_000)
})

test("content goes before structure", async () => {
  collector.mood = () => 503
  await init({ maxQueueBytes: 300_000 })
  for (let n = 0; n < 100; n += 1) baserun.log(`l-${n}`, "y".repeat(20_000))
  collector.mood = () => undefined
  await until(() => collector.events("baserun.log").some((one) => one.attributes["baserun.log.name"] === "l-99"))
  const logs = collector.events("baserun.log")
  expect(logs).toHaveLength(100)
  expect(logs[0]!.attributes["baserun.content.dropped"]).toBe(true)
  expect(logs.at(-1)!.body).toHaveLength(20_000)
})

test("flush gives up after its time where the server hangs, and the rest stays", async () => {
  collector.mood = () => "hang"
  await init({ timeout: 60_000 })
  note(1)
  const start = performance.now()
  await baserun.flush({ timeout: 200 })
  expect(performance.now() - start).toBeLessThan(3_000)
})

test("one warning, with a hint, for a server that cannot be reached", async () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined)
  await init({ url: "http://127.0.0.1:1", quiet: false })
  for (let n = 0; n < 5; n += 1) {
    note(n)
    await baserun.flush({ timeout: 50 })
  }
  const told = warn.mock.calls.map(String).filter((one) => one.includes("127.0.0.1:1"))
  warn.mockRestore()
  expect(told).toHaveLength(1)
  expect(told[0]).toMatch(/cannot be reached[\s\S]*\n\nhint: /)
})

test("a missing key for an address elsewhere is one warning, never an exception", async () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined)
  delete process.env["BASERUN_API_KEY"]
  await init({ url: "https://baserun.example.com", quiet: false })
  await init({ url: "https://baserun.example.com", quiet: false })
  const told = warn.mock.calls.map(String).filter((one) => one.includes("there is no key"))
  warn.mockRestore()
  expect(told).toHaveLength(1)
  expect(told[0]).toContain("hint: set BASERUN_API_KEY")
})

test("a wrong option or address is told to the developer at once", () => {
  expect(() => baserun.init({ colour: "red" } as never)).toThrow("init() has no option `colour`")
  expect(() => baserun.init({ url: "localhost:4318" })).toThrow("hint: give one such as")
  expect(() => baserun.init({ sampleRate: 2 })).toThrow("hint: give a share")
})

test("the key travels as a bearer token, and only large deliveries to another machine are compressed", async () => {
  const sent: { url: string; headers: Record<string, string>; body: unknown }[] = []
  const { Queue } = await import("../dist/esm/_export.js")
  const { settingsFrom } = await import("../dist/esm/_config.js")
  const take: typeof fetch = async (url, request) => {
    sent.push({ url: String(url), headers: request!.headers as Record<string, string>, body: request!.body })
    return new Response("{}")
  }
  for (const url of ["http://127.0.0.1:4318", "https://baserun.example.com/"]) {
    const queue = new Queue(settingsFrom({ url, apiKey: "br-1" }), take)
    queue.add({ signal: "span", bytes: 1, render: () => JSON.stringify({ name: "x".repeat(2_000) }), dropContent: () => undefined })
    await queue.flush(1_000)
  }
  expect(sent.map((one) => one.url)).toEqual(["http://127.0.0.1:4318/v1/traces", "https://baserun.example.com/v1/traces"])
  expect(sent[0]!.headers["authorization"]).toBe("Bearer br-1")
  expect(sent.map((one) => one.headers["content-encoding"])).toEqual([undefined, "gzip"])
})
