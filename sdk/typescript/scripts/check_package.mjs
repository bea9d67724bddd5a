// What `npm pack` would publish, checked: nothing but the package itself, small, and without dependencies.

import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"

const root = join(import.meta.dirname, "..")
const described = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
const [packed] = JSON.parse(execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], { cwd: root, encoding: "utf8" }))
const faults = []

const MOST_BYTES = 2_000_000
if (packed.unpackedSize > MOST_BYTES) faults.push(`it unpacks to \`${packed.unpackedSize}\` bytes, more than ${MOST_BYTES}`)
if (Object.keys(described.dependencies ?? {}).length > 0) faults.push("it has dependencies")
const paths = new Set(packed.files.map((one) => one.path))
for (const path of paths) {
  if (!/^(dist\/|src\/|README\.md$|LICENSE$|package\.json$)/.test(path)) faults.push(`it holds \`${path}\``)
}
for (const path of ["README.md", "LICENSE", "dist/cjs/package.json", ...targets(described.exports)]) {
  if (!paths.has(path)) faults.push(`it lacks \`${path}\``)
}
const source = packed.files.find((one) => one.path === "dist/esm/index.js.map")
if (!source) faults.push("it has no source maps")

function targets(entry) {
  if (typeof entry === "string") return [entry.replace(/^\.\//, "")]
  return Object.values(entry).flatMap(targets)
}

if (faults.length > 0) {
  console.error(`the package is not fit to publish:\n- ${faults.join("\n- ")}\n\nhint: see "files" and "exports" in package.json`)
  process.exit(1)
}
console.log(`${packed.files.length} files, ${packed.unpackedSize} bytes, no dependencies`)
