// Whether the package is fit to publish: `npm run check`, after a build. Packed once; all checks at the same time.

import { execFileSync, spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { checkContents } from "./check_contents.mjs"

const root = join(import.meta.dirname, "..")
const folder = mkdtempSync(join(tmpdir(), "baserun-pack-"))
try {
  const packing = ["pack", "--json", "--ignore-scripts", "--pack-destination", folder]
  const [packed] = JSON.parse(execFileSync("npm", packing, { cwd: root, encoding: "utf8" }))
  const file = join(folder, packed.filename)
  const passed = await Promise.all([
    check("tsc", "-p", "tsconfig.tests.json"),
    check("publint", "run", file, "--strict"),
    check("attw", file, "--profile", "node16"),
    checkContents(packed),
  ])
  process.exitCode = passed.every(Boolean) ? 0 : 1
} finally {
  rmSync(folder, { recursive: true })
}

/** Run a program of the development packages; what it says is shown once it is done, so that no two are mixed. */
function check(program, ...given) {
  const child = spawn(program, given, { cwd: root, shell: process.platform === "win32" })
  let said = ""
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (said += text))
  return new Promise((resolve, reject) => {
    child.on("error", reject)
    child.on("close", (code) => {
      process.stdout.write(`${program}: ${code === 0 ? "passed" : `failed (${code})`}\n${said}`)
      resolve(code === 0)
    })
  })
}
