import { mkdtempSync, readdirSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { Collector } from "./support/collector.js"
import { application, type Ended, run } from "./support/program.js"

let collector: Collector
beforeAll(async () => {
  collector = await Collector.start()
})
beforeEach(() => {
  collector.clear()
  collector.mood = () => undefined
})
afterAll(() => collector.stop())

const program = (body: string): string =>
  application({
    "app.mjs": `import { baserun } from "baserun"
await baserun.init({ instrument: false, url: process.env.URL ?? undefined, spoolDirectory: process.env.SPOOL, requestTimeoutSeconds: 60 })
const work = (n) => baserun.trace(() => n, "work-" + n)()
${body}`,
  })
const start = (body: string, env: Record<string, string> = {}): Promise<Ended> =>
  run(program(body), ["app.mjs"], { URL: collector.url, ...env })
const names = (): string[] => collector.spans.map((one) => one.name)

describe("the end of a process", () => {
  test("delivers what was recorded when nothing is left to do", async () => {
    const { code, stderr } = await start("work(1); work(2)")
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
    expect(names()).toEqual(["work-1", "work-2"])
  })

  test("delivers it after process.exit()", async () => {
    const { code } = await start("work(1); process.exit(3)")
    expect(code).toBe(3)
    expect(names()).toEqual(["work-1"])
  })

  test("delivers it after an uncaught exception, whose exit code stays", async () => {
    const { code, stderr } = await start('work(1); throw new Error("application")')
    expect(code).toBe(1)
    expect(stderr).toContain("application")
    expect(names()).toEqual(["work-1"])
  })

  test("a signal ends the process as it does without us", async () => {
    const { signal } = await start('work(1); process.kill(process.pid, "SIGTERM"); setTimeout(() => {}, 10000)')
    expect(signal).toBe("SIGTERM")
  })

  test("shutdown delivers and may be called from the application's own handler", async () => {
    const { code } = await start(
      'process.on("SIGTERM", async () => { await baserun.shutdown(); process.exit(0) }); work(1); process.kill(process.pid, "SIGTERM"); setTimeout(() => {}, 10000)',
    )
    expect(code).toBe(0)
    expect(names()).toEqual(["work-1"])
  })

  test.each([
    ["hangs", () => "hang" as const],
    ["answers 500", () => 500],
    ["answers 429", () => 429],
  ])(
    "is not held up longer than the shutdown timeout where the server %s",
    async (_, mood) => {
      collector.mood = mood
      const ends = ["", "process.exit(0)", "await baserun.shutdown()"]
      for (const { code, ms } of await Promise.all(ends.map((end) => start(`work(1); ${end}`)))) {
        expect(code).toBe(0)
        // Two seconds at most are ours; the rest is a loaded machine starting Node.
        expect(ms).toBeLessThan(8_000)
      }
    },
    60_000,
  )

  test("nor where there is none", async () => {
    const { code, stderr } = await start("for (let n = 0; n < 100; n += 1) work(n)", { URL: "http://127.0.0.1:1" })
    expect(code).toBe(0)
    expect(stderr).toContain("hint:")
  })
})

describe("a spool", () => {
  test.each(["", "process.exit(0)"])(
    "keeps what did not arrive, and the next process sends it once (%s)",
    async (end) => {
      const spool = mkdtempSync(join(tmpdir(), "baserun-spool-"))
      await start(`work(1); baserun.log("l", "kept"); ${end}`, { URL: "http://127.0.0.1:1", SPOOL: spool })
      expect(readdirSync(spool).length).toBeGreaterThan(0)
      await start("work(2)", { SPOOL: spool })
      expect(names().sort()).toEqual(["work-1", "work-2"])
      expect(collector.events("baserun.log")).toHaveLength(1)
      expect(readdirSync(spool)).toEqual([])
    },
    60_000,
  )
})

test("no handler of a signal is set, and fetch stays what it was", async () => {
  const { stdout } = await start(`
    console.log(JSON.stringify([["SIGINT", "SIGTERM", "SIGHUP", "uncaughtException", "unhandledRejection"].map((one) => process.listenerCount(one)), /native|lazy|undici|bootstrap/.test(String(fetch)) || fetch.name]))`)
  expect(JSON.parse(stdout)[0]).toEqual([0, 0, 0, 0, 0])
  expect([true, "fetch"]).toContain(JSON.parse(stdout)[1])
})

test("a spool holds so many bytes at most: the oldest goes", async () => {
  const { Spool } = await import("../dist/esm/delivery/_spool.js")
  const folder = mkdtempSync(join(tmpdir(), "baserun-spool-"))
  const spool = new Spool(folder, 1_000)
  for (const name of ["first", "second", "third"]) {
    const body = new TextEncoder().encode(`${name}${"-".repeat(400)}`)
    spool.write([{ path: "/v1/traces", body, items: 1 }])
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  const kept = spool.take().map(({ body }) => new TextDecoder().decode(body).replaceAll("-", ""))
  expect(kept).toEqual(["second", "third"])
})
