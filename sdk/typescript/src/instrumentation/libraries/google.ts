/** The client of `@google/genai`: all its requests end in `apiCall` of a class that it does not export. */

import { current, within } from "../../context/_scope.js"
import { isRecorded } from "../../_config.js"
import { guarded } from "../../_guard.js"
import { mayBeModelCall } from "../wires/index.js"
import { Call, isRecording } from "../_calls.js"

type ApiCall = (this: object, url: string, init: RequestInit, ...given: unknown[]) => Promise<Response>

/** Record all clients of the class of this one. */
export function recordGoogle(client: object): boolean {
  const inner =
    (client as { models?: { apiClient?: object } }).models?.apiClient ?? (client as { apiClient?: object }).apiClient
  const prototype = inner ? (Object.getPrototypeOf(inner) as { apiCall?: ApiCall }) : undefined
  if (typeof prototype?.apiCall !== "function") return false
  if (isRecorded(prototype)) return true
  const apiCall = prototype.apiCall

  prototype.apiCall = function (url, init, ...given) {
    if (!isRecording() || !mayBeModelCall(String(url))) return apiCall.call(this, url, init, ...given)
    const scope = current()
    const call = new Call(this, "google", scope)
    guarded("attempt", () => call.attempt(String(url), init?.body))
    return within({ ...scope, call }, () => apiCall.call(this, url, init, ...given)).then(
      (response) => {
        call.answered(response)
        if (!response.ok) call.refused()
        return response
      },
      (error: unknown) => {
        const status = (error as { status?: unknown }).status
        if (typeof status === "number") call.status = status
        call.rejected(error)
        throw error
      },
    )
  }
  return true
}
