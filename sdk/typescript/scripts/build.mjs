// Build the package twice, as ES modules and as CommonJS, from the same sources: `npm run build`.
//
// The CommonJS sources are compiled from a copy whose package.json says "commonjs": TypeScript decides the form of its
// output by that file alone, and so do Node and every bundler when they read what we publish.
//
// Nothing is done where `dist` belongs to these sources: the suite, the checks and packing all want a built package.

import { spawn } from "node:child_process"
import { createHash } from "node:crypto"
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join, relative } from "node:path"
import { fileURLToPath } from "node:url"

const root = join(dirname(fileURLToPath(import.meta.url)), "..")
const compiler = createRequire(import.meta.url).resolve("typescript/bin/tsc")
const compile = (directory, ...options) =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [compiler, "-p", directory, ...options], { cwd: root, stdio: "inherit" })
    child.on("error", reject)
    child.on("close", (code) => (code === 0 ? resolve() : reject(new Error(`tsc -p ${directory} failed (${code})`))))
  })

const described = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
writeFileSync(
  join(root, "src/_version.ts"),
  `/** Version of the package; written by scripts/build.mjs. */\nexport const VERSION = ${JSON.stringify(described.version)}\n`,
)

const stamp = join(root, "dist/.stamp")
const mark = fingerprint()
if (existsSync(stamp) && readFileSync(stamp, "utf8") === mark) process.exit()

rmSync(join(root, "dist"), { recursive: true, force: true })

const copy = join(root, "dist/commonjs-sources")
mkdirSync(copy, { recursive: true })
cpSync(join(root, "src"), join(copy, "src"), { recursive: true })
// Waiting at the top of a module is for ES modules only.
rmSync(join(copy, "src/register.mts"))
cpSync(join(root, "tsconfig.json"), join(copy, "tsconfig.json"))
writeFileSync(
  join(copy, "package.json"),
  JSON.stringify({
    type: "commonjs",
    imports: { "#platform": "./src/platform/node.ts", "#process": "./src/platform/process.ts" },
  }),
)
await Promise.all([
  compile("."),
  compile(copy, "--verbatimModuleSyntax", "false", "--outDir", join(root, "dist/cjs"), "--sourceRoot", "../../src"),
])
rmSync(copy, { recursive: true })
// A folder's package.json starts a scope of its own, in which the package's "imports" do not hold.
const cjs = join(root, "dist/cjs")
writeFileSync(
  join(cjs, "package.json"),
  JSON.stringify({ type: "commonjs", sideEffects: ["./register.js"] }, null, 2) + "\n",
)
for (const file of readdirSync(cjs, { recursive: true })) {
  if (!/\.(js|d\.ts)$/.test(file)) continue
  const path = join(cjs, file)
  const text = readFileSync(path, "utf8")
  const from = dirname(path)
  const direct = text
    .replaceAll('"#platform"', `"${relativeTo(from, "platform/node.js")}"`)
    .replaceAll('"#process"', `"${relativeTo(from, "platform/process.js")}"`)
  if (direct !== text) writeFileSync(path, direct)
}
writeFileSync(stamp, mark)

function relativeTo(folder, file) {
  const path = relative(folder, join(cjs, file)).replaceAll("\\", "/")
  return path.startsWith(".") ? path : `./${path}`
}

function fingerprint() {
  const sources = readdirSync(join(root, "src"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
  const digest = createHash("sha256")
  for (const name of [
    ...sources.sort(),
    "package.json",
    "tsconfig.json",
    "../../package-lock.json",
    "scripts/build.mjs",
  ]) {
    digest
      .update(`${name}\0`)
      .update(readFileSync(join(root, name)))
      .update("\0")
  }
  return digest.digest("hex")
}
