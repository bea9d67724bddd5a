import { createOpenAI } from "@ai-sdk/openai"
import { createOpenAI as createOpenAI3 } from "@ai-sdk/openai-3"
import { embed, generateText } from "ai"
import * as ai6 from "ai-6"
import { baserun } from "baserun"
import { telemetry } from "baserun/ai"
import OpenAI from "openai"
import { build } from "vite"
import { join } from "node:path"
import { beforeAll, describe, expect, test } from "vitest"
import { application, type Ended, run, WITH_OPENAI } from "./support/program.js"
import { providerUrl, recording } from "./support/recording.js"

const held = recording({ instrument: ["fetch", "ai"] })
const ask = { model: "gpt-4.1-mini", messages: [{ role: "user" as const, content: "Hi" }] }
const settings = (): { apiKey: string; baseURL: string } => ({ apiKey: "test", baseURL: `${providerUrl()}/v1` })
const environment = (more = {}): Record<string, string> => ({
  BASERUN_URL: held.collector.url,
  BASERUN_RAISE_FAULTS: "true",
  OPENAI_API_KEY: "test",
  OPENAI_BASE_URL: `${providerUrl()}/v1`,
  ...more,
})
const seen = (): unknown[][] =>
  held.collector.spans.map(({ name, attributes }) => [
    name,
    attributes["gen_ai.provider.name"],
    attributes["session.id"],
    attributes["gen_ai.request.stream"] ?? false,
  ])
const expectQuiet = ({ code, stderr }: Ended): void => expect({ code, stderr }).toEqual({ code: 0, stderr: "" })

describe("a client that a bundler has built in", () => {
  let folder: string
  beforeAll(async () => {
    const text = `import OpenAI from "openai"
      import { baserun } from "baserun"
      export async function register() { await baserun.init() }
      export async function handle(wraps) {
        const openai = wraps ? baserun.wrap(new OpenAI()) : new OpenAI()
        const ask = ${JSON.stringify(ask)}
        await baserun.session(() => openai.chat.completions.create(ask), { sessionId: "s-1" })
        await baserun.session(async () => { for await (const _ of await openai.chat.completions.create({ ...ask, stream: true })); }, { sessionId: "s-2" })
      }`
    folder = application({ "source/app.mjs": text }, WITH_OPENAI)
    const options = {
      ssr: join(folder, "source/app.mjs"),
      outDir: join(folder, "built"),
      minify: true,
      rollupOptions: { external: ["baserun"] },
    }
    await build({ root: folder, configFile: false, logLevel: "silent", ssr: { noExternal: true }, build: options })
  })

  const start = (wraps: boolean): Promise<Ended> =>
    run(
      folder,
      [
        "--input-type=module",
        "-e",
        `const app = await import("./built/app.mjs").catch(() => import("./built/app.js")); await app.register(); await app.handle(${wraps})`,
      ],
      environment(),
    )

  test("is recorded by the platform's fetch, plain and streamed, each call in its session", async () => {
    expectQuiet(await start(false))
    expect(seen()).toEqual([
      ["chat gpt-4.1-mini", "openai", "s-1", false],
      ["chat gpt-4.1-mini", "openai", "s-2", true],
    ])
  })

  test("and is wrapped as well is recorded once", async () => {
    expectQuiet(await start(true))
    expect(seen()).toEqual([
      ["chat gpt-4.1-mini", "openai", "s-1", false],
      ["chat gpt-4.1-mini", "openai", "s-2", true],
    ])
  })
})

test.each(["import", "require"])(
  "what Next leaves outside of a bundle, under a name with a hash, is recorded at the client after %s",
  async (how) => {
    const folder = application(
      {
        "next.cjs": `const { baserun } = require("baserun")
        void (async () => {
          await baserun.init({ instrument: ["openai"] })
          const { OpenAI } = await ${how}("openai-0123456789abcdef")
          await new OpenAI().chat.completions.create(${JSON.stringify(ask)})
        })()`,
      },
      { ...WITH_OPENAI, "node_modules/openai-0123456789abcdef": "openai" },
    )
    expectQuiet(await run(folder, ["next.cjs"], environment({ NEXT_RUNTIME: "nodejs" })))
    expect(seen()).toEqual([["chat gpt-4.1-mini", "openai", undefined, false]])
  },
)

describe("the platform's fetch", () => {
  test("records a call of a model that is made without a client", async () => {
    await fetch(`${providerUrl()}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: "Bearer test" },
      body: JSON.stringify(ask),
    }).then((answer) => answer.json())
    await held.arrived()
    expect(held.collector.spans).toHaveLength(1)
    expect(held.collector.spans[0]!.attributes).toMatchObject({
      "gen_ai.request.model": "gpt-4.1-mini",
      "gen_ai.usage.output_tokens": expect.any(Number),
    })
  })

  test("leaves the application's own endpoints alone, whatever their paths", async () => {
    for (const path of ["/responses", "/v1/messages", "/embeddings"]) {
      await fetch(held.collector.url + path, {
        method: "POST",
        body: JSON.stringify({ text: 'the "model" is: "new"' }),
      })
    }
    await held.arrived()
    expect(held.collector.spans).toEqual([])
  })

  test.each([
    ["at once", (url: string, init: RequestInit) => fetch(new Request(url, init))],
    ["after a wait", async (url: string, init: RequestInit) => (await Promise.resolve(), fetch(url, { ...init }))],
    ["by a recording one", (url: string, init: RequestInit) => baserun.fetch(url, init)],
  ])("beneath a recorded client whose own fetch hands on %s counts no call twice", async (_, own) => {
    const openai = baserun.wrap(new OpenAI({ ...settings(), fetch: own as typeof fetch }))
    await openai.chat.completions.create(ask)
    await held.arrived()
    expect(seen()).toEqual([["chat gpt-4.1-mini", "openai", undefined, false]])
  })

  test("beneath the AI SDK counts no call twice, and records what nobody else does", async () => {
    const seven = createOpenAI(settings())
    await generateText({ model: seven.chat("gpt-4.1-mini"), prompt: "Hi" })
    await embed({ model: seven.embedding("text-embedding-3-small"), value: "one" })
    const six = createOpenAI3(settings())
    await ai6.generateText({ model: six.chat("gpt-4.1-mini"), prompt: "Hi", experimental_telemetry: telemetry() })
    await ai6.embed({ model: six.embedding("text-embedding-3-small"), value: "one" })
    await held.arrived()
    const kinds = held.collector.spans.map((one) => String(one.attributes["baserun.span.kind"]))
    expect(kinds.filter((kind) => kind !== "chain").sort()).toEqual(["embedding", "embedding", "llm", "llm"])
  })

  test("stays what it was, marks of a framework included", async () => {
    const before = globalThis.fetch
    const marked = Object.assign(((...given: Parameters<typeof fetch>) => before(...given)) as typeof fetch, {
      __nextPatched: true,
    })
    globalThis.fetch = marked
    try {
      await baserun.init({
        url: held.collector.url,
        raiseFaults: true,
        quiet: true,
        instrument: ["fetch"],
        flushIntervalSeconds: 0.05,
      })
      expect(globalThis.fetch).not.toBe(marked)
      expect(globalThis.fetch).toHaveProperty("__nextPatched", true)
      await new OpenAI(settings()).chat.completions.create(ask)
    } finally {
      globalThis.fetch = before
    }
    await held.arrived()
    expect(held.collector.spans).toHaveLength(1)
  })
})
