import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { Collector } from "./support/collector.js"
import { application, type Ended, run, WITH_OPENAI } from "./support/program.js"
import { providerUrl } from "./support/recording.js"

let collector: Collector
beforeAll(async () => {
  collector = await Collector.start()
})
beforeEach(() => collector.clear())
afterAll(() => collector.stop())

const CALL =
  'openai.chat.completions.create({ model: "gpt-4.1-mini", messages: [{ role: "user", content: "Hi" }], user: "u-1" })'

function start(files: Record<string, string>, ...given: string[]): Promise<Ended> {
  return startIn(application(files, WITH_OPENAI), ...given)
}

function startIn(folder: string, ...given: string[]): Promise<Ended> {
  const env = {
    BASERUN_URL: collector.url,
    OPENAI_API_KEY: "test",
    OPENAI_BASE_URL: `${providerUrl()}/v1`,
    BASERUN_RAISE_FAULTS: "true",
  }
  return run(folder, given, env)
}

function expectOneCall({ code, stderr }: Ended): void {
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
  expect(collector.spans.map((one) => [one.name, one.attributes["baserun.provider.user"]])).toEqual([
    ["chat gpt-4.1-mini", "u-1"],
  ])
}

describe("automatic recording", () => {
  test("of an ES module application whose client existed before init", async () => {
    const ended = await start(
      {
        "app.mjs": `import { baserun } from "baserun"; import OpenAI from "openai"; const openai = new OpenAI(); await baserun.init({ instrument: ["openai"] }); await ${CALL}`,
      },
      "app.mjs",
    )
    expectOneCall(ended)
  })

  test("of a CommonJS application whose client existed before init", async () => {
    const ended = await start(
      {
        "app.cjs": `const { baserun } = require("baserun"); const OpenAI = require("openai"); const openai = new OpenAI(); baserun.init(); ${CALL}`,
      },
      "app.cjs",
    )
    expectOneCall(ended)
  })

  test("of a CommonJS application that loads its client after init", async () => {
    const ended = await start(
      {
        "app.cjs": `const { baserun } = require("baserun"); baserun.init(); const { OpenAI } = require("openai"); const openai = new OpenAI(); ${CALL}`,
      },
      "app.cjs",
    )
    expectOneCall(ended)
  })

  test("of a framework that brings an ES module client along in a version of its own", async () => {
    const folder = application(
      {
        "package.json": '{ "type": "module", "dependencies": { "framework": "1", "missing": "1" } }',
        "node_modules/framework/package.json":
          '{ "type": "module", "main": "main.mjs", "dependencies": { "openai": "7" } }',
        "node_modules/framework/main.mjs": `import OpenAI from "openai"; export const ask = () => { const openai = new OpenAI(); return ${CALL} }`,
        "app.mjs":
          'import { baserun } from "baserun"; await baserun.init(); const { ask } = await import("framework"); await ask()',
      },
      { ...WITH_OPENAI, "node_modules/framework/node_modules/openai": "openai-7" },
    )
    expectOneCall(await startIn(folder, "app.mjs"))
  })

  test("of an ES module application that is not changed at all", async () => {
    const ended = await start(
      { "app.mjs": `import OpenAI from "openai"; const openai = new OpenAI(); await ${CALL}` },
      "--no-warnings",
      "--import",
      "baserun/register",
      "app.mjs",
    )
    expectOneCall(ended)
  })

  test("of a CommonJS application that is not changed at all, by import or by require", async () => {
    const files = { "app.cjs": `const OpenAI = require("openai"); const openai = new OpenAI(); ${CALL}` }
    expectOneCall(await start(files, "--import", "baserun/register", "app.cjs"))
    collector.clear()
    expectOneCall(await start(files, "--require", "baserun/register", "app.cjs"))
  })

  test("is done once where an application loads us both ways", async () => {
    const ended = await start(
      {
        "app.mjs": `import { baserun } from "baserun"; import OpenAI from "openai"; import { createRequire } from "node:module"
          const other = createRequire(import.meta.url)("baserun").baserun
          await baserun.init({ instrument: ["openai"] }); await other.init({ instrument: ["openai"] })
          const openai = new OpenAI(); other.wrap(openai)
          await other.session(() => ${CALL}, { sessionId: "shared" })`,
      },
      "app.mjs",
    )
    expectOneCall(ended)
    expect(collector.spans[0]!.attributes["session.id"]).toBe("shared")
  })

  test("init({ instrument: false }) records nothing by itself", async () => {
    const ended = await start(
      {
        "app.mjs": `import { baserun } from "baserun"; import OpenAI from "openai"; await baserun.init({ instrument: false }); const openai = new OpenAI(); await ${CALL}`,
      },
      "app.mjs",
    )
    expect(ended.code).toBe(0)
    expect(collector.spans).toEqual([])
  })

  test("all that is installed at once works too", async () => {
    const files = {
      "app.mjs": `import { baserun } from "baserun"; import OpenAI from "openai"; await baserun.init(); const openai = new OpenAI(); await ${CALL}`,
    }
    expectOneCall(await startIn(application(files), "--no-warnings", "app.mjs"))
  }, 60_000)
})

describe("the examples of the documentation run unchanged", () => {
  test("the provider's end user", async () => {
    const ended = await start(
      { "app.mjs": `${EXAMPLES.providerUser}\n${"await ask_question('Hi')"}`, ...START },
      "--no-warnings",
      "--import",
      "./start.mjs",
      "app.mjs",
    )
    expect({ code: ended.code, stderr: ended.stderr }).toEqual({ code: 0, stderr: "" })
    expect(collector.spans[0]!.attributes["baserun.provider.user"]).toBe(
      "b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514",
    )
  })

  test("a new session", async () => {
    const ended = await start({ "app.mjs": EXAMPLES.newSession }, "--no-warnings", "app.mjs")
    expect({ code: ended.code, stderr: ended.stderr }).toEqual({ code: 0, stderr: "" })
    const [begun] = collector.events("session.start")
    expect(ended.stdout).toContain(String(begun!.attributes["session.id"]))
  })

  test("a session that is continued", async () => {
    const text = EXAMPLES.continued.replace("YOUR_PREVIOUSLY_SAVED_SESSION_ID", '"saved-1"')
    const ended = await start({ "app.mjs": text }, "--no-warnings", "app.mjs")
    expect({ code: ended.code, stderr: ended.stderr }).toEqual({ code: 0, stderr: "" })
    expect(ended.stdout).toContain("sessionId: 'saved-1'")
    expect(collector.spans[0]!.attributes).toMatchObject({
      "session.id": "saved-1",
      "user.id": expect.stringMatching(/^[0-9a-f]{64}$/),
    })
  })
})

const START = { "start.mjs": 'import { baserun } from "baserun"; await baserun.init({ instrument: ["openai"] })' }

import { EXAMPLES } from "./support/examples.js"
