/** Express (and Connect): `app.use(baserunExpress({ user: { header: "x-user-id" }, session: { cookie: "chat" } }))`. */

import { requestScope, type RequestOptions, serveIn } from "./_incoming.js"

/** The part of a request that we read. */
export interface ExpressRequest {
  headers: Readonly<Record<string, string | string[] | undefined>>
  params?: Readonly<Record<string, unknown>>
  query?: unknown
}

/**
 * Middleware: everything that a request leads to belongs to its user and session.
 *
 * Path parameters are known only to middleware of the route itself: `app.post("/chats/:id", baserunExpress(…), handler)`.
 */
export function baserunExpress<R extends ExpressRequest>(
  options: RequestOptions<R> = {},
): (request: R, response: unknown, next: () => void) => void {
  return (request, _, next) => {
    const query = request.query as Readonly<Record<string, unknown>> | undefined
    serveIn(requestScope(request, { headers: request.headers, params: request.params, query }, options), next)
  }
}
