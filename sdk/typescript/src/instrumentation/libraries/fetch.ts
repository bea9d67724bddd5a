/**
 * A `fetch` that records: for clients that take one, for those who call a provider without a client, and for clients
 * that a bundler has built in, whose classes nobody finds.
 */

import { current, within } from "../../context/_scope.js"
import { isRecorded } from "../../_config.js"
import { guarded } from "../../_guard.js"
import { pathOf } from "../_providers.js"
import { isAttempt } from "../_attempts.js"
import { mayBeModelCall } from "../wires/index.js"
import { Call, isRecording } from "../_calls.js"

type Given = [input: string | URL | Request, init?: RequestInit]
type Send = (...given: Given) => Promise<Response>

/** The platform's `fetch`, recorded. */
export const recordedFetch: typeof fetch = (...given: Given) => recorded(globalThis.fetch, given, mayBeModelCall)

/**
 * Record what the whole process sends by the platform's `fetch` to a model, unless it is recorded further up already.
 *
 * What stands there stays what it was in all but what happens at a call: frameworks keep marks of their own on it.
 */
export function recordPlatformFetch(): void {
  const send = globalThis.fetch
  if (typeof send !== "function" || isRecorded(send)) return
  const over = new Proxy(send, {
    apply: (_, on, given: Given) =>
      recorded((...sent) => Reflect.apply(send, on, sent) as Promise<Response>, given, speaksToModel),
  })
  isRecorded(over)
  globalThis.fetch = over
}

function recorded(
  send: Send,
  given: Given,
  isOurs: (url: string, init: RequestInit | undefined) => boolean,
): Promise<Response> {
  const [input, init] = given
  const begun = guarded("fetch", () => {
    const url = typeof input === "string" ? input : input instanceof URL ? input.href : input.url
    const method = init?.method ?? (input instanceof Request ? input.method : "GET")
    // A client that is recorded by its own transport and uses this one beneath it is one call, not two.
    if (!isRecording() || method.toUpperCase() !== "POST" || isAttempt(init?.signal) || current().call) return undefined
    return isOurs(url, init) ? url : undefined
  })
  return begun === undefined ? send(...given) : sendRecorded(send, given, begun)
}

async function sendRecorded(send: Send, [input, init]: Given, url: string): Promise<Response> {
  const scope = current()
  const call = new Call(send, libraryOf(init), scope)
  const body = init?.body ?? (input instanceof Request ? await input.clone().text() : undefined)
  guarded("attempt", () => call.attempt(url, body))
  try {
    const response = await within({ ...scope, call }, () => send(input, init))
    call.answered(response)
    if (!response.ok) call.refused()
    return response
  } catch (error) {
    call.rejected(error)
    throw error
  }
}

/**
 * Whether a request that anybody in the process makes is one to a model. Its path alone does not say so: applications
 * have a `/responses` and a `/messages` of their own.
 */
function speaksToModel(url: string, init: RequestInit | undefined): boolean {
  if (!mayBeModelCall(url) || isAiSdk(init)) return false
  return OWN_PATHS.test(pathOf(url)) || namesModel(init?.body)
}

/** Paths that only a model has. */
const OWN_PATHS = /\/chat\/completions$|:[a-z]+$/i

function namesModel(body: unknown): boolean {
  if (typeof FormData !== "undefined" && body instanceof FormData) return body.has("model")
  const text = body instanceof Uint8Array || body instanceof ArrayBuffer ? new TextDecoder().decode(body) : body
  return typeof text === "string" && /"model"\s*:\s*"/.test(text)
}

/** The client that made a request, as far as it says so: it names the provider where the host does not. */
function libraryOf(init: RequestInit | undefined): string {
  const headers = new Headers(init?.headers)
  if (headers.has("anthropic-version")) return "anthropic"
  return headers.has("x-stainless-lang") ? "openai" : "fetch"
}

/** The AI SDK from version 7 on tells of its calls itself, and says which of them not to tell. */
function isAiSdk(init: RequestInit | undefined): boolean {
  const [, version] = /(?:^|\s)ai\/(\d+)/.exec(new Headers(init?.headers).get("user-agent") ?? "") ?? []
  return Number(version) >= 7
}
