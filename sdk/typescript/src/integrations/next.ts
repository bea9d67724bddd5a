/**
 * Next.js route handlers: `export const POST = withBaserun(handler, { user: { header: "x-user-id" } })`.
 *
 * Start recording once, in `register()` of `instrumentation.ts`: `await baserun.init()`. In the edge runtime `wrap` the
 * clients, too.
 */

import { flush } from "../_init.js"
import { requestScope, type RequestOptions, serveIn } from "./_incoming.js"

/** What a route handler gets beside the request: the parameters of its path, in newer versions as a promise. */
export interface RouteContext {
  params?: unknown
}

/** How a handler is wrapped. */
export interface NextOptions<R> extends RequestOptions<R> {
  /** Takes the delivery at the edge and in functions that are frozen after the answer: Next's `after`, or `waitUntil`. */
  after?: ((work: () => Promise<void>) => void) | undefined
}

/** Wrap a route handler: everything that a request leads to belongs to its user and session. */
export function withBaserun<R extends Request, C extends RouteContext, T>(
  handler: (request: R, context: C) => T | Promise<T>,
  options: NextOptions<R> = {},
): (request: R, context: C) => Promise<T> {
  return async (request, context) => {
    const params = (await context?.params) as Readonly<Record<string, unknown>> | undefined
    const seen = { headers: request.headers, params, query: new URL(request.url).searchParams }
    const answer = await serveIn(requestScope(request, seen, options), () => handler(request, context))
    options.after?.(() => flush())
    return answer
  }
}
