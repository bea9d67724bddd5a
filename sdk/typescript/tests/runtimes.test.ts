import { createRequire } from "node:module"
import { existsSync, statSync } from "node:fs"
import { dirname, join } from "node:path"
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest"
import { Collector } from "./support/collector.js"
import { application, run, WITH_OPENAI } from "./support/program.js"

const resolve = createRequire(import.meta.url).resolve

/** The first of these files that is a program; its package may be one that this platform does not have. */
function program(...files: (readonly [packageName: string, file: string])[]): string | undefined {
  return files
    .map(([packageName, file]) => inPackage(packageName, file))
    .find((path) => path && statSync(path).size > STUB_BYTES)
}

/** Where nothing may run when packages are installed, a short text stands in for the program. */
const STUB_BYTES = 1_000_000

function inPackage(packageName: string, file: string): string | undefined {
  try {
    const path = join(dirname(resolve(`${packageName}/package.json`)), file)
    return existsSync(path) ? path : undefined
  } catch {
    return undefined
  }
}

const { platform, arch } = process
const bunArch = arch === "arm64" ? "aarch64" : arch
const RUNTIMES = [
  // The package for the platform brings the program; installing `bun` moves it into its own.
  {
    name: "Bun",
    path: program([`@oven/bun-${platform}-${bunArch}`, "bin/bun"], ["bun", "bin/bun.exe"]),
    given: ["run"],
  },
  {
    name: "Deno",
    path: program([`@deno/${platform}-${arch}-glibc`, "deno"], [`@deno/${platform}-${arch}`, "deno"]),
    given: ["run", "--allow-all", "--no-prompt"],
  },
]

const APPLICATION = {
  "package.json": '{ "type": "module" }',
  "app.mjs": `
import { baserun } from "baserun"
import OpenAI from "openai"

await baserun.init({ raiseFaults: true })
const openai = new OpenAI()
const ask = { model: "gpt-4.1-mini", messages: [{ role: "user", content: "Hello" }] }
const one = (user, sessionId) => baserun.session(async () => {
  await openai.chat.completions.create(ask)
  const chunks = await openai.chat.completions.create({ ...ask, stream: true, stream_options: { include_usage: true } })
  for await (const _ of chunks);
}, { user, sessionId })
await Promise.all([one("ada", "s-1"), one("eve", "s-2")])
if (process.argv[2] === "exit") process.exit(0)
`,
}

let collector: Collector
beforeAll(async () => {
  collector = await Collector.start()
})
beforeEach(() => collector.clear())
afterAll(() => collector.stop())

describe.each(RUNTIMES)("$name records", ({ path, given }) => {
  const start = (end: string, links?: Record<string, string>): ReturnType<typeof run> =>
    run(
      application(APPLICATION, links),
      [...given, "app.mjs", end],
      { BASERUN_URL: collector.url, OPENAI_API_KEY: "test", OPENAI_BASE_URL: `${inject("providerUrl")}/v1` },
      path,
    )

  // Every client is loaded once; that it takes a second or two need not be paid twice.
  test.runIf(path).each([
    ["end", undefined],
    ["exit", WITH_OPENAI],
  ])("plain and streamed calls of parallel sessions, and delivers at the %s", async (end, links) => {
    const { code, stderr } = await start(end, links)
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
    const seen = collector.spans.map(({ attributes }) => [
      attributes["session.id"],
      attributes["user.id"],
      attributes["gen_ai.request.stream"] ?? false,
    ])
    expect(seen.sort()).toEqual([
      ["s-1", "ada", false],
      ["s-1", "ada", true],
      ["s-2", "eve", false],
      ["s-2", "eve", true],
    ])
    for (const { attributes } of collector.spans) expect(attributes["gen_ai.usage.output_tokens"]).toBeGreaterThan(0)
  })
})
