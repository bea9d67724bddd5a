/**
 * The clients of `openai` and `@anthropic-ai/sdk`, and all others that the same generator makes.
 *
 * Every method of such a client ends in `makeRequest` (one call, its retries included), which makes a request by
 * `buildRequest` and sends it by `fetchWithTimeout` (one attempt). We stand at these places of the class: what the client
 * gives back is what it gave before. The call is carried from one to the next on their arguments and not in the context:
 * an application without sessions then never pays for following its promises, which costs more than all the rest.
 */

import { isRecorded } from "../../_config.js"
import { current } from "../../context/_scope.js"
import { guarded } from "../../_guard.js"
import { notes } from "../../recording/_attached.js"
import { endAttempt, sendAttempt } from "../_attempts.js"
import { mayBeModelCall } from "../wires/index.js"
import { Call, isRecording } from "../_calls.js"

type Method = (this: object, ...given: unknown[]) => unknown
interface Transport {
  makeRequest: Method
  buildRequest: Method
  fetchWithTimeout: Method
}

/** On the options of a call: a repeated attempt has the same ones, or a copy. */
const CALL = Symbol("baserun.call")
const callOfRequest = notes<Call>()

/** Record all clients of a class, those that exist already included. Gives false where it is no such class. */
export function recordStainless(prototype: object, library: string): boolean {
  const owner = transportOf(prototype)
  if (!owner) return false
  if (isRecorded(owner)) return true
  const { makeRequest, buildRequest, fetchWithTimeout } = owner

  owner.makeRequest = function (options, ...given) {
    if (!isRecording() || callOf(options) !== undefined) return makeRequest.call(this, options, ...given)
    const call = new Call(this, library, current())
    const marked = options instanceof Promise ? options.then((one) => mark(one, call)) : mark(options, call)
    // Chained and not looked at from aside: a refusal that nobody waits for has to stay an unhandled one.
    return (makeRequest.call(this, marked, ...given) as Promise<unknown>).then(
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

  owner.buildRequest = function (options, ...given) {
    const built = buildRequest.call(this, options, ...given)
    const call = callOf(options)
    if (!call) return built
    const note = (made: unknown): void => {
      const request = (made as { req?: object } | undefined)?.req
      if (request) callOfRequest.set(request, call)
    }
    if (built instanceof Promise) built.then(note, nothing)
    else note(built)
    return built
  }

  owner.fetchWithTimeout = function (url, init, ms, controller, ...given) {
    const call = typeof init === "object" && init !== null ? callOfRequest.get(init) : undefined
    if (!call || !mayBeModelCall(String(url))) return fetchWithTimeout.call(this, url, init, ms, controller, ...given)
    guarded("attempt", () => call.attempt(String(url), (init as { body?: unknown }).body))
    // The client itself waits for this one; our look at it from aside comes first and costs nobody a turn.
    const { signal } = (controller ?? {}) as { signal?: object }
    const answered = sendAttempt(
      signal,
      () => fetchWithTimeout.call(this, url, init, ms, controller, ...given) as Promise<Response>,
    )
    answered.then(
      (response) => {
        endAttempt(signal)
        call.answered(response)
      },
      (error: unknown) => {
        endAttempt(signal)
        call.unanswered(error)
      },
    )
    return answered
  }
  return true
}

/** A copy of the options with the call on it: the options themselves may be the application's, and used again. */
function mark(options: unknown, call: Call): unknown {
  if (typeof options !== "object" || options === null) return options
  // A quarter of what a spread with a symbol beside it costs.
  const copy: { [CALL]?: Call } = Object.assign({}, options)
  copy[CALL] = call
  return copy
}

const nothing = (): void => undefined

function callOf(options: unknown): Call | undefined {
  return typeof options === "object" && options !== null ? (options as { [CALL]?: Call })[CALL] : undefined
}

function transportOf(prototype: object): Transport | undefined {
  for (
    let one: object | null = prototype;
    one && one !== Object.prototype;
    one = Object.getPrototypeOf(one) as object | null
  ) {
    if (["makeRequest", "buildRequest", "fetchWithTimeout"].every((name) => Object.hasOwn(one!, name)))
      return one as Transport
  }
  return undefined
}
