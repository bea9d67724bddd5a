/** A `fetch` that records: for clients that take one, and for those who call a provider without a client. */

import { current, within } from "../_context.js"
import { guarded } from "../_guard.js"
import { recognises } from "./_dialects.js"
import { Call, isRecording } from "./_exchange.js"

const recording = new WeakSet<object>()

/** Make a recording `fetch` out of another. `library` names the provider of a host that tells nothing. */
export function recordingFetch(send: typeof fetch, library: string): typeof fetch {
  const recorded: typeof fetch = async (input, init) => {
    const url = typeof input === "string" ? input : input instanceof URL ? input.href : input.url
    const method = init?.method ?? (input instanceof Request ? input.method : "GET")
    const context = current()
    // A client that is recorded by its own transport and uses this one beneath it is one call, not two.
    if (!isRecording() || context.call || method.toUpperCase() !== "POST" || !recognises(url)) return send(input, init)
    const call = new Call(send, library, context)
    const body = init?.body ?? (input instanceof Request ? await input.clone().text() : undefined)
    guarded("attempt", () => call.attempt(url, body))
    try {
      const response = await within({ ...context, call }, () => send(input, init))
      call.answered(response)
      if (!response.ok) call.refused()
      return response
    } catch (error) {
      call.rejected(error)
      throw error
    }
  }
  recording.add(recorded)
  return recorded
}

/** Whether a function is a `fetch` that records. */
export function isRecordingFetch(given: unknown): boolean {
  return typeof given === "function" && recording.has(given)
}

/** The platform's `fetch`, recorded. */
export const recordedFetch: typeof fetch = recordingFetch((...given) => globalThis.fetch(...given), "fetch")
