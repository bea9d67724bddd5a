/** Session and user of an incoming request, by header, cookie, path or a function of the application. */

import { type Scope, current, within } from "../context/_scope.js"
import { guarded } from "../_guard.js"
import { cleanId, cleanUser } from "../context/_identity.js"
import { scopeFromHeaders, headerOf, type IncomingHeaders } from "../context/_propagation.js"
import { Session } from "../recording/_session.js"

/** Where an id stands in a request of the type `R`. */
export type Source<R> =
  | { readonly header: string }
  | { readonly cookie: string }
  /** A parameter of the route's path (`/chats/:id`). */
  | { readonly param: string }
  | { readonly query: string }
  | ((request: R) => string | null | undefined)

/** Which user and which session a request belongs to. */
export interface RequestOptions<R> {
  user?: Source<R> | undefined
  session?: Source<R> | undefined
  /** Take session, user and trace from `traceparent` and `baggage` of services that we trust; default false. */
  propagate?: boolean | undefined
}

/** What a framework tells about a request. */
export interface Seen {
  headers: IncomingHeaders
  params?: Readonly<Record<string, unknown>> | undefined
  query?: Readonly<Record<string, unknown>> | URLSearchParams | undefined
}

/** The scope in which a request is served. */
export function requestScope<R>(request: R, seen: Seen, options: RequestOptions<R>): Scope {
  const around = current()
  return (
    guarded("incoming request", () => {
      const base = options.propagate ? scopeFromHeaders(seen.headers, around) : around
      const user = cleanUser(idAt(options.user, request, seen))
      const sessionId = cleanId(idAt(options.session, request, seen), "session")
      return {
        ...base,
        ...(user && { user }),
        ...(sessionId && { session: new Session(sessionId, user ?? base.session?.user) }),
      }
    }) ?? around
  )
}

/** Serve a request in its scope. */
export function serveIn<T>(scope: Scope, serve: () => T): T {
  return within(scope, serve)
}

function idAt<R>(source: Source<R> | undefined, request: R, seen: Seen): unknown {
  if (source === undefined) return undefined
  if (typeof source === "function") return source(request)
  if ("header" in source) return headerOf(seen.headers, source.header.toLowerCase())
  if ("cookie" in source) return cookieOf(seen.headers, source.cookie)
  if ("param" in source) return seen.params?.[source.param]
  return seen.query instanceof URLSearchParams
    ? (seen.query.get(source.query) ?? undefined)
    : seen.query?.[source.query]
}

function cookieOf(headers: IncomingHeaders, name: string): string | undefined {
  for (const pair of (headerOf(headers, "cookie") ?? "").split(";")) {
    const at = pair.indexOf("=")
    if (at > 0 && pair.slice(0, at).trim() === name) return decodedCookie(pair.slice(at + 1).trim())
  }
  return undefined
}

function decodedCookie(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
