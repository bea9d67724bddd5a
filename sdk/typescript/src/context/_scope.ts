/**
 * Where the running code stands: its session, its user and its span, as one immutable value that follows the code.
 *
 * Nothing is ever stored in a place that two requests share, which is why no two of them can be mixed up.
 */

import { storage } from "#platform"
import { type SpanIds, state } from "../_config.js"
import type { Session } from "../recording/_session.js"
import type { SpanRecord } from "../recording/_span.js"

/** What holds for the code that runs now. Never changed after it was made: a new block makes a new one. */
export interface Context {
  readonly session?: Session | undefined
  /** A user without a session. */
  readonly user?: string | undefined
  /** The innermost open span of ours. */
  readonly span?: SpanRecord | undefined
  /** A trace that another process began, and the span of it that called us. */
  readonly remote?: SpanIds | undefined
  /** The call of a model that is under way: its attempts find it here, and a transport beneath keeps quiet. */
  readonly call?: { readonly owner: object } | undefined
  /** Set where a `using` block put this context in place: once it has ended, what was before holds again. */
  readonly block?: { ended: boolean; before: Context } | undefined
}

export const NOWHERE: Context = Object.freeze({})

/** The context of the running code. */
export function current(): Context {
  let context = storage.getStore() ?? NOWHERE
  while (context.block?.ended) context = context.block.before
  return context
}

/** Run a function in a context. */
export function within<T>(context: Context, run: () => T): T {
  return storage.run(context, run)
}

/** Put a context in place for the rest of the running code; the function it gives puts the one before back. */
export function enter(context: Context): () => void {
  const before = current()
  const block = { ended: false, before }
  storage.enterWith({ ...context, block })
  return () => {
    if (block.ended) return
    block.ended = true
    if (storage.getStore()?.block === block) storage.enterWith(before)
  }
}

/** The user for whom the running code works, where known. */
export function currentUser(context: Context = current()): string | undefined {
  return context.user ?? context.session?.user
}

/** The trace to which something made now belongs: its id and the span above, where there is one. */
export function currentTrace(context: Context = current()): SpanIds | undefined {
  const foreign = state().foreignSpan?.()
  // A span of OpenTelemetry that was there before ours is around it; one that is new since then is the nearer one.
  if (foreign && foreign.spanId !== context.span?.foreignSpanId) return foreign
  return context.span ?? context.remote
}
