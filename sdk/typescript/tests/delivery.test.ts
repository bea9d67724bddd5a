import { baserun } from "baserun"
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { retryAfter } from "../dist/esm/delivery/_http.js"
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
  baserun.init({
    url: collector.url,
    instrument: false,
    quiet: true,
    raiseFaults: true,
    flushIntervalSeconds: 0.02,
    ...more,
  })

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

const losses = (): number =>
  collector.events("baserun.sdk.loss").reduce((sum, one) => sum + Number(one.attributes["baserun.loss.spans"]), 0)

test("what is refused for good is given up, counted and told", async () => {
  collector.mood = () => (collector.requests.length === 0 ? 400 : undefined)
  await init()
  note(1)
  await baserun.flush()
  note(2)
  await baserun.flush()
  expect(collector.spans.map((one) => one.name)).toEqual(["n-2"])
  expect(losses()).toBe(1)
})

test("a report of losses that is refused itself is kept, and told once the server takes something again", async () => {
  let isOpen = false
  collector.mood = () => (isOpen ? undefined : 400)
  await init()
  note(1)
  note(2)
  await baserun.flush()
  note(3)
  await baserun.flush()
  // Each span and one report; another report would meet the same refusal at once.
  expect(collector.requests.map((one) => one.url)).toEqual(["/v1/traces", "/v1/logs", "/v1/traces"])
  isOpen = true
  note(4)
  await baserun.flush()
  await baserun.flush()
  expect(collector.spans.map((one) => one.name)).toEqual(["n-4"])
  expect(losses()).toBe(3)
})

test("under steady work a request carries all that came in since the one before", async () => {
  await init()
  for (let n = 0; n < 400; n += 1) {
    note(n)
    await new Promise((resolve) => setImmediate(resolve))
  }
  await baserun.flush()
  expect(collector.spans).toHaveLength(400)
  // At one a flush interval (20 ms) and a flush; it was one for every two spans when a sender never waited.
  expect(collector.requests.length).toBeLessThan(100)
})

test("an outage loses nothing that fits, and nothing waits for it", async () => {
  const { port } = collector
  await collector.stop()
  await init({ url: `http://127.0.0.1:${port}` })
  for (let n = 0; n < 2_000; n += 1) note(n)
  await baserun.flush({ timeout: 50 })
  collector = await Collector.start(port)
  await until(() => collector.spans.length >= 2_000)
  expect(collector.spans).toHaveLength(2_000)
  expect(new Set(collector.spans.map((one) => one.spanId)).size).toBe(2_000)
})

test("a full queue lets go of the oldest content first, then of the oldest, and reports both", async () => {
  collector.mood = () => 503
  await init({ maxQueueRecords: 400, maxQueueBytes: 500_000 })
  for (let n = 0; n < 1_000; n += 1) baserun.trace((_: string) => 1, { name: `n-${n}` })("x".repeat(10))
  collector.mood = () => undefined
  await until(() => losses() + collector.spans.length === 1_000)
  expect(collector.spans.map((one) => one.name)).toContain("n-999")
  expect(collector.spans.length).toBeLessThan(1_000)
  expect(losses() + collector.spans.length).toBe(1_000)
})

test("content goes before structure, the oldest first", async () => {
  collector.mood = () => 503
  await init({ maxQueueBytes: 300_000 })
  for (let n = 0; n < 100; n += 1) baserun.log(`l-${n}`, "y".repeat(20_000))
  collector.mood = () => undefined
  await baserun.flush()
  const logs = collector.events("baserun.log")
  expect(logs).toHaveLength(100)
  const bare = logs.filter((one) => one.attributes["baserun.content.dropped"] === true)
  expect(bare.length).toBeGreaterThan(80)
  expect(bare.every((one) => one.body === undefined)).toBe(true)
  expect(logs.at(-1)!.body).toHaveLength(20_000)
  const [report] = collector.events("baserun.sdk.loss")
  expect(report!.attributes).toMatchObject({ "baserun.loss.spans": 0, "baserun.loss.contents": bare.length })
})

test("of a call whose content had to go the numbers stay", async () => {
  collector.mood = () => 503
  await init({ maxQueueBytes: 60_000 })
  for (let n = 0; n < 50; n += 1)
    baserun.trace((_: string) => "z".repeat(2_000), { name: `n-${n}`, metadata: { n } })("é".repeat(2_000))
  collector.mood = () => undefined
  await baserun.flush()
  const bare = collector.spans.filter((one) => one.attributes["baserun.content.dropped"])
  expect(bare.length).toBeGreaterThan(20)
  for (const { name, attributes } of bare) {
    expect(attributes).toMatchObject({ "baserun.span.kind": "chain", "baserun.metadata.n": Number(name.slice(2)) })
    expect(attributes).not.toHaveProperty("baserun.input")
  }
})

test("flush gives up after its time where the server hangs, and the rest stays", async () => {
  collector.mood = () => "hang"
  await init({ requestTimeoutSeconds: 60 })
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

test("options by their older names and units mean the same", async () => {
  const { settingsFrom } = await import("../dist/esm/_config.js")
  const older = { maxContentLength: 5, maxQueueItems: 6, flushInterval: 70, timeout: 800, shutdownTimeout: 9_000 }
  const newer = {
    maxContentBytes: 5,
    maxQueueRecords: 6,
    flushIntervalSeconds: 0.07,
    requestTimeoutSeconds: 0.8,
    shutdownTimeoutSeconds: 9,
  }
  expect(settingsFrom(older)).toEqual(settingsFrom(newer))
  expect(settingsFrom({ ...older, maxQueueRecords: 7 }).maxQueueRecords).toBe(7)
})

test("the key travels as a bearer token, and only large deliveries to another machine are compressed", async () => {
  const sent: { url: string; headers: Record<string, string>; body: unknown }[] = []
  const { Delivery } = await import("../dist/esm/delivery/_delivery.js")
  const { settingsFrom } = await import("../dist/esm/_config.js")
  const take: typeof fetch = async (url, request) => {
    sent.push({ url: String(url), headers: request!.headers as Record<string, string>, body: request!.body })
    return new Response("{}")
  }
  for (const url of ["http://127.0.0.1:4318", "https://baserun.example.com/"]) {
    const delivery = new Delivery(settingsFrom({ url, apiKey: "br-1" }), undefined, take)
    delivery.record({
      signal: "spans",
      sizeBytes: 1,
      write: () => ({ start: `{"name":"${"x".repeat(2_000)}","attributes":[`, content: "]", end: "}" }),
    })
    await delivery.flush(1_000)
  }
  expect(sent.map((one) => one.url)).toEqual([
    "http://127.0.0.1:4318/v1/traces",
    "https://baserun.example.com/v1/traces",
  ])
  expect(sent[0]!.headers["authorization"]).toBe("Bearer br-1")
  expect(sent.map((one) => one.headers["content-encoding"])).toEqual([undefined, "gzip"])
})
