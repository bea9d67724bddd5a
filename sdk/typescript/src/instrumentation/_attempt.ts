/**
 * Which requests are attempts of a call that is recorded further up, so that a recording `fetch` beneath keeps quiet.
 *
 * Where the client can be told apart only by its arguments (see `stainless.ts`), its attempt is known by the signal that
 * it hands on, and by being sent at once: a `fetch` of the application's own in between may keep either from us, hardly
 * both. All copies of this package in the process share what they know.
 */

import { state } from "../_config.js"
import { notes, type Notes } from "../_note.js"

/** What the copies share. */
export interface Attempts {
  isSending: boolean
  readonly signals: Notes<true>
}

/** Send an attempt of a call that is recorded. */
export function sendAttempt<T>(signal: unknown, send: () => T): T {
  const shared = attempts()
  if (typeof signal === "object" && signal !== null) shared.signals.set(signal, true)
  const before = shared.isSending
  shared.isSending = true
  try {
    return send()
  } finally {
    shared.isSending = before
  }
}

/** Whether a request with this signal, about to be sent, is such an attempt. */
export function isAttempt(signal: unknown): boolean {
  const { isSending, signals } = attempts()
  return isSending || (typeof signal === "object" && signal !== null && signals.get(signal) === true)
}

function attempts(): Attempts {
  return (state().attempts ??= { isSending: false, signals: notes<true>() })
}
