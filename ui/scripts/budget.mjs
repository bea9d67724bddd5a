// Prints how much JavaScript each page needs before its first paint, and fails above the budget.
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { gzipSync } from "node:zlib"

const BUDGET_KB = 200
const folder = process.env.BASERUN_UI_OUT ?? fileURLToPath(new URL("../dist", import.meta.url))
const manifest = JSON.parse(readFileSync(join(folder, ".vite/manifest.json"), "utf8"))

const sizes = new Map()
const gzipped = (file) => {
  if (!sizes.has(file)) sizes.set(file, gzipSync(readFileSync(join(folder, file)), { level: 9 }).length)
  return sizes.get(file)
}
/** Everything that a chunk imports before it runs. */
const closure = (key, seen = new Set()) => {
  if (seen.has(key)) return seen
  seen.add(key)
  for (const next of manifest[key].imports ?? []) closure(next, seen)
  return seen
}
const entry = Object.keys(manifest).find((key) => manifest[key].isEntry)
const shell = closure(entry)
const pages = Object.keys(manifest).filter((key) => key.startsWith("src/pages/"))
let failed = false
for (const page of pages) {
  const files = new Set([...shell, ...closure(page)].map((key) => manifest[key].file))
  const kb = [...files].reduce((sum, file) => sum + gzipped(file), 0) / 1024
  const over = kb > BUDGET_KB
  failed ||= over
  const name = page.slice("src/pages/".length).padEnd(20)
  console.log(`${name} ${kb.toFixed(0).padStart(4)} KB gzip ${over ? `  more than ${BUDGET_KB}` : ""}`)
}
if (failed || pages.length === 0) {
  const problem = `a page needs more than ${BUDGET_KB} KB of JavaScript before its first paint`
  console.error(`\n${problem}\n\nhint: load what is not visible at first with \`lazy(() => import(…))\``)
  process.exit(1)
}
