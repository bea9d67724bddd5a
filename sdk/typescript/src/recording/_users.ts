/** Users: what is known of them besides their id. */

import { cleanUser } from "../context/_identity.js"
import { current } from "../context/_scope.js"
import { guarded } from "../_guard.js"
import { prefixed } from "./_otlp.js"
import { LogRecord } from "./_span.js"

/** What is known of a user, for example `{ name, email, plan }`. */
export type Traits = Readonly<Record<string, unknown>>

/**
 * Tell who a user is: traits that the pages show, and that the running session is theirs if it has no user yet.
 *
 * `alias` is another id of the same person, for example the one from before they logged in.
 */
export function identify(user: string, traits?: Traits, options: { alias?: string } = {}): void {
  guarded("identify", () => {
    const id = cleanUser(user)
    if (!id) return
    const { session } = current()
    if (session && !session.user) session.user = id
    const alias = cleanUser(options.alias)
    new LogRecord("baserun.user.identify", {
      "user.id": id,
      "baserun.user.alias": alias,
      ...prefixed("baserun.trait.", traits),
    }).send()
  })
}
