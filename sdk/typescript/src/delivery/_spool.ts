/** What could not be delivered before a process ended, kept in a folder and sent by the next process. */

import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Delivery } from "./_http.js"
import { guarded } from "../_guard.js"
import { newUuid } from "../context/_ids.js"

const ENDING = ".baserun.json"

/** Write deliveries into the folder, one file each; a file appears whole or not at all. */
export function writeSpool(directory: string, deliveries: readonly Delivery[]): void {
  guarded("writing the spool", () => {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    for (const delivery of deliveries) {
      const name = join(directory, `${Date.now()}-${newUuid()}`)
      const { body, ...rest } = delivery
      writeFileSync(`${name}.part`, JSON.stringify({ ...rest, body: new TextDecoder().decode(body) }), { mode: 0o600 })
      renameSync(`${name}.part`, name + ENDING)
    }
  })
}

/** Take what the folder holds; each file is given to one process only, also where several start at once. */
export function readSpool(directory: string): Delivery[] {
  const found: Delivery[] = []
  guarded("reading the spool", () => {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    for (const name of readdirSync(directory).sort()) {
      if (!name.endsWith(ENDING)) continue
      const mine = join(directory, `${name}.${process.pid}.taken`)
      try {
        renameSync(join(directory, name), mine)
      } catch {
        continue
      }
      const { body, ...rest } = JSON.parse(readFileSync(mine, "utf8")) as Omit<Delivery, "body"> & { body: string }
      found.push({ ...rest, body: new TextEncoder().encode(body) })
      rmSync(mine)
    }
  })
  return found
}
