/** The programs of the page "Users and sessions", as it shows them; `tests/types/examples.ts` holds them for the compiler. */

import { readFileSync } from "node:fs"
import { join } from "node:path"

const read = (name: string): string =>
  readFileSync(join(import.meta.dirname, "../types", name), "utf8")
    .replace(/^\/\/.*\n/gm, "")
    .replace(": string", "")
    .replace(/^declare .*\n/gm, "")

export const EXAMPLES = {
  providerUser: read("provider_user.ts"),
  newSession: read("new_session.ts"),
  continued: read("continued_session.ts"),
}
