/** Which work is kept. The decision hangs on the session (else the user, else the trace), so that none is kept in part. */

import { plainHash } from "#platform"
import { state } from "../_config.js"
import { type Scope, currentUser } from "../context/_scope.js"

/** Whether what runs in this scope is recorded; the same in every process that knows the same session. */
export function isSampled(scope: Scope, traceId: string): boolean {
  const rate = state().settings?.sampleRate ?? 1
  if (rate >= 1) return true
  return isKept(scope.session?.id ?? currentUser(scope) ?? traceId, rate)
}

/** Whether an id is among the share that is kept (contract/README.md, rule 13). */
export function isKept(id: string, rate: number): boolean {
  return BigInt(`0x${plainHash(id).slice(0, 16)}`) < BigInt(Math.floor(rate * 2 ** 64))
}
