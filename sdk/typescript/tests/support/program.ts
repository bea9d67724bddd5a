/** Programs of their own, run by a fresh Node. */

import { spawn } from "node:child_process"
import { mkdtempSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { mkdirSync } from "node:fs"

const ROOT = join(import.meta.dirname, "../../../..")

export interface Ended {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
  ms: number
}

/** An application's folder with these files and the workspace's packages, or with links to some of those alone. */
export function application(files: Record<string, string>, links?: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "baserun-app-"))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  for (const [name, target] of Object.entries(links ?? { node_modules: "" })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    symlinkSync(join(ROOT, "node_modules", target), join(folder, name))
  }
  return folder
}

/** Links for an application that has one client installed: to load all that the workspace has takes seconds. */
export const WITH_OPENAI = { "node_modules/baserun": "baserun", "node_modules/openai": "openai" }

/** Run Node, or another runtime, in a folder; the program is told where collector and provider are. */
export function run(
  folder: string,
  given: readonly string[],
  env: Record<string, string> = {},
  runtime = process.execPath,
): Promise<Ended> {
  const start = performance.now()
  const child = spawn(runtime, given, {
    cwd: folder,
    env: { PATH: process.env["PATH"]!, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  })
  let stdout = ""
  let stderr = ""
  child.stdout.on("data", (text: Buffer) => (stdout += text))
  child.stderr.on("data", (text: Buffer) => (stderr += text))
  return new Promise((resolve) =>
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr, ms: performance.now() - start })),
  )
}
