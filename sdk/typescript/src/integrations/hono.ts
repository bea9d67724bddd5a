/** Hono: `app.use(baserunHono({ user: { header: "x-user-id" }, session: { query: "chat" } }))`. */

import { flush } from "../_init.js"
import { requestScope, type RequestOptions, serveIn } from "./_incoming.js"

/** The part of Hono's context that we read. */
export interface HonoContext {
  req: {
    raw: Request
    param(): Record<string, string | undefined>
    query(): Record<string, string | undefined>
  }
  executionCtx?: { waitUntil(work: Promise<unknown>): void }
}

/** Middleware: everything that a request leads to belongs to its user and session. At the edge it delivers after each. */
export function baserunHono<C extends HonoContext = HonoContext>(
  options: RequestOptions<C> = {},
): (context: C, next: () => Promise<void>) => Promise<void> {
  return async (context, next) => {
    const seen = { headers: context.req.raw.headers, params: context.req.param(), query: context.req.query() }
    await serveIn(requestScope(context, seen, options), next)
    executionOf(context)?.waitUntil(flush())
  }
}

/** Only the edge has one; elsewhere asking for it throws. */
function executionOf(context: HonoContext): HonoContext["executionCtx"] {
  try {
    return context.executionCtx
  } catch {
    return undefined
  }
}
