/** Starts the fake provider (examples/fake_provider) once for all tests. */

import { type ChildProcess, spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { join } from "node:path"
import type { TestProject } from "vitest/node"

declare module "vitest" {
  interface ProvidedContext {
    providerUrl: string
  }
}

const ROOT = join(import.meta.dirname, "../../../..")

export default async function start(project: TestProject): Promise<() => void> {
  const own = join(ROOT, ".venv/bin/python")
  const python = process.env["BASERUN_TEST_PYTHON"] ?? (existsSync(own) ? own : "python3")
  const provider = spawn(python, [join(ROOT, "examples/fake_provider")], {
    stdio: ["ignore", "pipe", "inherit"],
  })
  project.provide("providerUrl", await firstLine(provider))
  return () => void provider.kill()
}

function firstLine(provider: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    provider.once("exit", (code) => reject(new Error(`the fake provider ended with ${code}`)))
    provider.stdout!.once("data", (line: Buffer) => resolve((JSON.parse(String(line)) as { url: string }).url))
  })
}
