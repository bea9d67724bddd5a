/** The client of `@mistralai/mistralai`: all its requests, repeated ones included, end in `_do` of its base class. */

import { current, within } from "../../context/_scope.js"
import { isRecorded } from "../../_config.js"
import { guarded } from "../../_guard.js"
import { mayBeModelCall } from "../wires/index.js"
import { Call, isRecording } from "../_calls.js"

type Outcome = { ok: true; value: Response } | { ok: false; error: unknown }
interface Base {
  _do(this: object, request: Request, ...given: unknown[]): Promise<Outcome>
}

/** Record all clients of the class of this one. */
export function recordMistral(client: object): boolean {
  const base = baseOf(client)
  if (!base) return false
  if (isRecorded(base)) return true
  const send = base._do

  base._do = async function (request, ...given) {
    if (!isRecording() || request.method !== "POST" || !mayBeModelCall(request.url))
      return send.call(this, request, ...given)
    const scope = current()
    const call = new Call(this, "mistral", scope)
    const body = await request.clone().text()
    guarded("attempt", () => call.attempt(request.url, body))
    try {
      const outcome = await within({ ...scope, call }, () => send.call(this, request, ...given))
      if (!outcome.ok) call.rejected(outcome.error)
      else {
        if (!outcome.value.ok) call.refused()
        call.answered(outcome.value)
      }
      return outcome
    } catch (error) {
      call.rejected(error)
      throw error
    }
  }
  return true
}

function baseOf(client: object): Base | undefined {
  for (
    let one: object | null = client;
    one && one !== Object.prototype;
    one = Object.getPrototypeOf(one) as object | null
  ) {
    if (Object.hasOwn(one, "_do") && Object.hasOwn(one, "_createRequest")) return one as Base
  }
  return undefined
}
