/**
 * Where the running code stands: its session, its user and its span, as one immutable value that follows the code.
 *
 * Nothing is ever stored in a place that two requests share, which is why no two of them can be mixed up.
 */

import { storage } from "#platform"
import { type SpanIds, state } from "../_config.js"

/** The session that the application entered: `currentSession()` gives it back as it is. */
export interface EnteredSession {
  readonly id: string
  /** One that is named later in the session holds from then on. */
  user: string | undefined
  /** The id as it was given, where it was too long to be one. */
  readonly originalId: string | undefined
}

/** A span of ours while it runs, as far as what begins inside it has to know it. */
export interface RunningSpan extends SpanIds {
  /** The first span of the trace in this process: a session that begins inside it is taken on. */
  readonly root: RunningSpan
  session: EnteredSession | undefined
  readonly sampled: boolean
  /** The span of OpenTelemetry in which this one began. */
  readonly foreignSpanId: string | undefined
}

/** What holds for the code that runs now. Never changed after it was made: a new block makes a new one. */
export interface Scope {
  readonly session?: EnteredSession | undefined
  /** A user without a session. */
  readonly user?: string | undefined
  /** The innermost open span of ours. */
  readonly span?: RunningSpan | undefined
  /** A trace that another process began, and the span of it that called us. */
  readonly remote?: SpanIds | undefined
  /** The call of a model that is under way: its attempts find it here, and a transport beneath keeps quiet. */
  readonly call?: { readonly owner: object } | undefined
  /** Set where a `using` block put this scope in place: once it has ended, what was before holds again. */
  readonly block?: { ended: boolean; before: Scope } | undefined
}

export const NOWHERE: Scope = Object.freeze({})

const stored = storage.getStore.bind(storage) as () => Scope | undefined

/** The scope of the running code. */
export function current(): Scope {
  let scope = stored() ?? NOWHERE
  while (scope.block?.ended) scope = scope.block.before
  return scope
}

/** Run a function in a scope. */
export function within<T>(scope: Scope, run: () => T): T {
  return storage.run(scope, run)
}

/** Put a scope in place for the rest of the running code; the function it gives puts the one before back. */
export function enter(scope: Scope): () => void {
  const before = current()
  const block = { ended: false, before }
  storage.enterWith({ ...scope, block })
  return () => {
    if (block.ended) return
    block.ended = true
    if (stored()?.block === block) storage.enterWith(before)
  }
}

/** The user for whom the running code works, where known. */
export function currentUser(scope: Scope = current()): string | undefined {
  return scope.user ?? scope.session?.user
}

/** The trace to which something made now belongs: its id and the span above, where there is one. */
export function currentTrace(scope: Scope = current()): SpanIds | undefined {
  const foreign = state().foreignSpan?.()
  // A span of OpenTelemetry that was there before ours is around it; one that is new since then is the nearer one.
  if (foreign && foreign.spanId !== scope.span?.foreignSpanId) return foreign
  return scope.span ?? scope.remote
}
