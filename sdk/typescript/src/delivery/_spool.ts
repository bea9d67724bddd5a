/** What could not be delivered before a process ended, kept in a folder and sent by the next process. */

import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { guarded } from "../_guard.js"
import { newUuid } from "../context/_ids.js"
import type { Payload } from "./_http.js"

const ENDING = ".baserun.json"

/** A folder of payloads, one file each. */
export class Spool {
  constructor(
    private readonly directory: string,
    private readonly maxBytes: number,
  ) {}

  /** Write payloads; a file appears whole or not at all, and the oldest make room for it. */
  write(payloads: readonly Payload[]): void {
    guarded("writing the spool", () => {
      mkdirSync(this.directory, { recursive: true, mode: 0o700 })
      for (const payload of payloads) {
        const name = join(this.directory, `${Date.now()}-${newUuid()}`)
        const { body, ...rest } = payload
        const text = JSON.stringify({ ...rest, body: new TextDecoder().decode(body) })
        writeFileSync(`${name}.part`, text, { mode: 0o600 })
        renameSync(`${name}.part`, name + ENDING)
      }
      this.makeRoom()
    })
  }

  /** Take what the folder holds; each file is given to one process only, also where several start at once. */
  take(): Payload[] {
    const found: Payload[] = []
    guarded("reading the spool", () => {
      mkdirSync(this.directory, { recursive: true, mode: 0o700 })
      for (const name of readdirSync(this.directory).sort()) {
        if (!name.endsWith(ENDING)) continue
        const mine = join(this.directory, `${name}.${process.pid}.taken`)
        try {
          renameSync(join(this.directory, name), mine)
        } catch {
          continue
        }
        const { body, ...rest } = JSON.parse(readFileSync(mine, "utf8")) as Omit<Payload, "body"> & { body: string }
        found.push({ ...rest, body: new TextEncoder().encode(body) })
        rmSync(mine)
      }
    })
    return found
  }

  /** Delete the oldest files beyond the bound; the newest stays. Their names begin with the time. */
  private makeRoom(): void {
    const files = readdirSync(this.directory)
      .filter((name) => name.endsWith(ENDING))
      .sort()
      .map((name) => join(this.directory, name))
      .map((path) => ({ path, size: statSync(path).size }))
    let total = files.reduce((sum, { size }) => sum + size, 0)
    for (const { path, size } of files.slice(0, -1)) {
      if (total <= this.maxBytes) return
      rmSync(path, { force: true })
      total -= size
    }
  }
}
