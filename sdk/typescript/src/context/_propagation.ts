/**
 * Taking session, user and trace along to another service and back: W3C `traceparent` and `baggage`.
 *
 * Nothing is sent by itself, least of all to a provider: the application adds the headers to calls of its own services.
 */

import { type Scope, current, currentTrace, currentUser, within } from "./_scope.js"
import { guarded } from "../_guard.js"
import { cleanId } from "./_identity.js"
import { Session } from "../recording/_session.js"

const SESSION = "session.id"
const USER = "user.id"
const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}/

/** Headers in any of the forms that frameworks have. */
export type IncomingHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>

/** Headers for a call to another service of ours; entries of a `baggage` that is given already are kept. */
export function headers(given: Readonly<Record<string, string>> = {}): Record<string, string> {
  const made: Record<string, string> = { ...given }
  guarded("headers", () => {
    const scope = current()
    const above = currentTrace(scope)
    if (above) made["traceparent"] = `00-${above.traceId}-${above.spanId || "0".repeat(15) + "1"}-01`
    const entries = Object.entries({ [SESSION]: scope.session?.id, [USER]: currentUser(scope) })
    const ours = entries.filter(([, id]) => id).map(([key, id]) => `${key}=${encodeURIComponent(id!)}`)
    const others = (given["baggage"] ?? "").split(",").filter((one) => one.trim() && !isOurs(one))
    const baggage = [...others.map((one) => one.trim()), ...ours].join(",")
    if (baggage) made["baggage"] = baggage
  })
  return made
}

/** Run a function in the session, for the user and in the trace that the headers of a request name. */
export function continueFrom<T>(incoming: IncomingHeaders, run: () => T): T {
  const scope = guarded("continueFrom", () => scopeFromHeaders(incoming, current()))
  return scope ? within(scope, run) : run()
}

/** The scope that headers name, on top of the one around. */
export function scopeFromHeaders(incoming: IncomingHeaders, around: Scope): Scope {
  const trace = TRACEPARENT.exec(headerOf(incoming, "traceparent") ?? "")
  const carried = new Map(
    (headerOf(incoming, "baggage") ?? "").split(",").flatMap((entry) => {
      const [key, value] = entry.split(";")[0]!.split("=")
      return key && value !== undefined ? [[key.trim(), decoded(value.trim())] as const] : []
    }),
  )
  const sessionId = cleanId(carried.get(SESSION), "session")
  const user = cleanId(carried.get(USER), "user")
  return {
    ...around,
    ...(trace && { remote: { traceId: trace[1]!, spanId: trace[2]! }, span: undefined }),
    ...(sessionId && { session: new Session(sessionId, user ?? around.session?.user) }),
    ...(user && !sessionId && { user }),
  }
}

/** One header's value, however the framework keeps headers. */
export function headerOf(incoming: IncomingHeaders, name: string): string | undefined {
  if (typeof (incoming as Headers).get === "function") return (incoming as Headers).get(name) ?? undefined
  const value = (incoming as Record<string, string | readonly string[] | undefined>)[name]
  return typeof value === "string" ? value : value?.[0]
}

const isOurs = (entry: string): boolean => [SESSION, USER].includes(entry.split("=")[0]!.trim())

function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
