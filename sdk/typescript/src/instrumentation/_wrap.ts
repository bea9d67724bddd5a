/** Recording a client that is handed to us, where we do not find its class by ourselves. */

import { guarded, warnOnce } from "../_guard.js"
import { recordBedrock } from "./libraries/bedrock.js"
import { recordGoogle } from "./libraries/google.js"
import { recordMistral } from "./libraries/mistral.js"
import { recordStainless } from "./libraries/generated.js"

/** What records a client, by what it finds in it; each says whether it was one of its own. */
const KINDS: readonly ((client: object) => boolean)[] = [
  (client) => recordStainless(Object.getPrototypeOf(client) as object, isAnthropic(client) ? "anthropic" : "openai"),
  recordGoogle,
  recordMistral,
  recordBedrock,
]

/** Record the calls of a client. Gives back the very same client. */
export function wrap<C extends object>(client: C): C {
  const known = guarded("wrap", () => KINDS.some((record) => record(client)))
  if (!known) {
    warnOnce(
      `wrap:${client?.constructor?.name}`,
      `baserun: wrap() does not know a client of the class \`${client?.constructor?.name}\`; its calls are not recorded`,
      "give the client `fetch: baserun.fetch` if it takes a fetch of yours",
    )
  }
  return client
}

const isAnthropic = (client: object): boolean => "messages" in client && !("chat" in client)
