/** Every TypeScript example of the guides and READMEs compiles, and runs as a program of its own. */

import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import ts from "typescript"
import { afterAll, beforeAll, expect, inject, test } from "vitest"
import { Collector } from "./support/collector.js"
import { application, run } from "./support/program.js"

const ROOT = join(import.meta.dirname, "../../..")
const GUIDES = readdirSync(join(ROOT, "docs/guides")).map((name) => `docs/guides/${name}`)
const PAGES = ["README.md", "sdk/typescript/README.md", ...GUIDES]

/** Examples that cannot run here, by a line of theirs, each with the reason. */
const NOT_RUN: Record<string, string> = {
  'import { after } from "next/server"': "Next.js is no development package: 150 MB, tried by hand as the guide says",
}

interface Example {
  name: string
  code: string
}

const EXAMPLES: Example[] = PAGES.flatMap((page) =>
  [...readFileSync(join(ROOT, page), "utf8").matchAll(/```ts\n([^]*?)```/g)].map((found, index) => ({
    name: `${page} ${index + 1}`,
    code: found[1]!,
  })),
).filter(({ code }) => !Object.keys(NOT_RUN).some((line) => code.includes(line)))

/** Six seconds on an idle core: the types of all clients are read. */
const COMPILING_MS = 120_000
const STRICT = {
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  target: "ES2022",
  lib: ["ES2023", "DOM", "ESNext.Disposable"],
  module: "NodeNext",
  types: ["node"],
}

/** Links to the packages that an example names: `init()` loads what an application has, and all of the workspace takes seconds. */
function packagesOf(code: string): Record<string, string> {
  const named = [...code.matchAll(/(?:from |import\()"((?:@[^/"]+\/)?[^/"]+)/g)].map((found) => found[1]!)
  return Object.fromEntries(["baserun", ...named].map((name) => [`node_modules/${name}`, name]))
}

let collector: Collector
beforeAll(async () => {
  collector = await Collector.start()
})
afterAll(() => collector.stop())

test.each(EXAMPLES)("$name runs when it is pasted alone", { concurrent: true }, async ({ code }) => {
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  })
  const ended = await run(application({ "app.mjs": outputText }, packagesOf(code)), ["app.mjs"], {
    BASERUN_URL: collector.url,
    BASERUN_USER_HASH_KEY: "key",
    OPENAI_API_KEY: "sk-test",
    OPENAI_BASE_URL: `${inject("providerUrl")}/v1`,
  })
  // On a busy machine delivery may outlast the two seconds that the end of a program waits for it.
  const stderr = ended.stderr.replace(/^baserun: `http[^]*/, "")
  expect({ code: ended.code, stderr }).toEqual({ code: 0, stderr: "" })
})

test(
  "every example compiles under strict settings",
  async () => {
    const files = EXAMPLES.map(({ code }, index) => [`example${index}.mts`, `export {}\n${code}`] as const)
    const folder = application({
      ...Object.fromEntries(files),
      "tsconfig.json": JSON.stringify({ compilerOptions: STRICT }),
    })
    // In a process of its own: the collector of the others is in this one.
    const ended = await run(folder, [join(ROOT, "node_modules/typescript/bin/tsc"), "-p", "."])
    expect(ended.stdout).toBe("")
  },
  COMPILING_MS,
)
