/** One folder for everything that the tests write, gone when they have ended. */

import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

export default function make(): () => void {
  const folder = mkdtempSync(join(tmpdir(), "baserun-tests-"))
  // What `tmpdir()` answers in the workers and in the programs that they start.
  process.env["TMPDIR"] = folder
  return () => rmSync(folder, { recursive: true, force: true })
}
