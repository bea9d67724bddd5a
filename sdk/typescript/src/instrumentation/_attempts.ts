/**
 * Which requests are attempts of a call that is recorded further up, so that a recording `fetch` beneath keeps quiet.
 *
 * Where the client can be told apart only by its arguments (see `stainless.ts`), its attempt is known by the signal that
 * it hands on, and by being sent at once: a `fetch` of the application's own in between may keep either from us, hardly
 * both. All copies of this package in the process share what they know.
 */

import { type Attempts, state } from "../_config.js"

/** Send an attempt of a call that is recorded; `endAttempt` has to follow once there is an answer, or none will come. */
export function sendAttempt<T>(signal: object | undefined, send: () => T): T {
  const shared = attempts()
  if (signal) shared.signals.add(signal)
  const before = shared.isSending
  shared.isSending = true
  try {
    return send()
  } finally {
    shared.isSending = before
  }
}

/** The attempt is over. */
export function endAttempt(signal: object | undefined): void {
  attempts().signals.delete(signal)
}

/** Whether a request with this signal, about to be sent, is such an attempt. */
export function isAttempt(signal: unknown): boolean {
  const { isSending, signals } = attempts()
  return isSending || signals.has(signal)
}

function attempts(): Attempts {
  return (state().attempts ??= { isSending: false, signals: new Set() })
}
