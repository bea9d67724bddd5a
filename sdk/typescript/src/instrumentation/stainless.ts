/**
 * The clients of `openai` and `@anthropic-ai/sdk`, and all others that the same generator makes.
 *
 * Every method of such a client ends in `makeRequest` (one call, its retries included), which ends in `fetchWithTimeout`
 * (one attempt). We stand at these two places of the class: what the client gives back is what it gave before.
 */

import { current, within } from "../_context.js"
import { isRecorded } from "../_config.js"
import { guarded } from "../_guard.js"
import { recognises } from "./_dialects.js"
import { Call, isRecording } from "./_exchange.js"

type Method = (this: object, ...given: unknown[]) => Promise<unknown>
interface Transport {
  makeRequest: Method
  fetchWithTimeout: Method
}


/** Record all clients of a class, those that exist already included. Gives false where it is no such class. */
export function recordStainless(prototype: object, library: string): boolean {
  const owner = transportOf(prototype)
  if (!owner) return false
  if (isRecorded(owner)) return true
  const { makeRequest, fetchWithTimeout } = owner

  owner.makeRequest = function (...given) {
    if (!isRecording()) return makeRequest.apply(this, given)
    const context = current()
    const isRetry = given[1] !== null && given[1] !== undefined && context.call?.owner === this
    if (isRetry) return makeRequest.apply(this, given)
    const call = new Call(this, library, context)
    return within({ ...context, call }, () => makeRequest.apply(this, given)).then(
      (props) => {
        // Answered at an address that is none of a model's: nothing to record.
        if (call.url === "") call.drop()
        return props
      },
      (error: unknown) => {
        if (call.url === "") call.drop()
        else call.rejected(error)
        throw error
      },
    )
  }

  owner.fetchWithTimeout = function (...given) {
    const call = current().call
    if (!(call instanceof Call) || call.owner !== this || !recognises(String(given[0]))) return fetchWithTimeout.apply(this, given)
    guarded("attempt", () => call.attempt(String(given[0]), (given[1] as { body?: unknown } | undefined)?.body))
    return fetchWithTimeout.apply(this, given).then(
      (response) => {
        call.answered(response as Response)
        return response
      },
      (error: unknown) => {
        call.unanswered(error)
        throw error
      },
    )
  }
  return true
}

function transportOf(prototype: object): Transport | undefined {
  for (let one: object | null = prototype; one && one !== Object.prototype; one = Object.getPrototypeOf(one) as object | null) {
    if (Object.hasOwn(one, "makeRequest") && Object.hasOwn(one, "fetchWithTimeout")) return one as Transport
  }
  return undefined
}
