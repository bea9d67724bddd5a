// What `npm pack` would publish: nothing but the package itself, small, and without dependencies.

import { readFileSync } from "node:fs"
import { join } from "node:path"

const root = join(import.meta.dirname, "..")
const MOST_BYTES = 2_000_000

/** Check what was packed, as `npm pack --json` describes it; gives whether it is fit, and says why not. */
export function checkContents(packed) {
  const described = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
  const faults = []
  if (packed.unpackedSize > MOST_BYTES)
    faults.push(`it unpacks to \`${packed.unpackedSize}\` bytes, more than ${MOST_BYTES}`)
  if (Object.keys(described.dependencies ?? {}).length > 0) faults.push("it has dependencies")
  const paths = new Set(packed.files.map((one) => one.path))
  for (const path of paths) {
    if (!/^(dist\/|src\/|README\.md$|LICENSE$|package\.json$)/.test(path)) faults.push(`it holds \`${path}\``)
  }
  for (const path of ["README.md", "LICENSE", "dist/cjs/package.json", ...targets(described.exports)]) {
    if (!paths.has(path)) faults.push(`it lacks \`${path}\``)
  }
  if (!paths.has("dist/esm/index.js.map")) faults.push("it has no source maps")

  if (faults.length > 0) {
    console.error(
      `the package is not fit to publish:\n- ${faults.join("\n- ")}\n\nhint: see "files" and "exports" in package.json`,
    )
    return false
  }
  console.log(`${packed.files.length} files, ${packed.unpackedSize} bytes, no dependencies`)
  return true
}

function targets(entry) {
  if (typeof entry === "string") return [entry.replace(/^\.\//, "")]
  return Object.values(entry).flatMap(targets)
}
