/** One request to the server: how it is made, and what its answer means. */

import { gzip, later } from "#platform"
import { isLoopback, type Settings } from "../_config.js"
import { warnOnce } from "../_guard.js"
import { VERSION } from "../_version.js"

/** Where the records of a signal go. */
export const PATHS = { spans: "/v1/traces", logs: "/v1/logs" } as const

/** A request that is ready to be sent. Its body is kept as bytes: outside of the heap, where no collection copies it. */
export interface Payload {
  path: (typeof PATHS)[keyof typeof PATHS]
  body: Uint8Array
  /** Records in it that are somebody's; a report of losses is none. */
  items: number
  /** The losses that it reports; they are reported again where it is refused itself. */
  losses?: Lost | undefined
}

/** What could not be kept. The names are those of the spool's files, which a later version reads. */
export interface Lost {
  spans: number
  contents: number
}

/** How an attempt ended: `accepted`, `refused` for good, or `kept` for another one. */
export interface Outcome {
  readonly is: "accepted" | "refused" | "kept"
  readonly retryAfterMs?: number | undefined
}

/** Below this size compression costs more than it saves. */
const GZIP_FROM_BYTES = 1_024
const LONGEST_RETRY_AFTER_MS = 300_000
const RETRIED = new Set([408, 425, 429, 500, 502, 503, 504])

/** Send once. Never rejects; every kind of failure is told once. */
export async function post(
  payload: Payload,
  settings: Settings,
  send: typeof fetch,
  underWay: AbortController,
): Promise<Outcome> {
  const timer = later(() => underWay.abort(), settings.requestTimeoutSeconds * 1_000)
  try {
    const compress = payload.body.length >= GZIP_FROM_BYTES && !isLoopback(settings.url)
    const response = await send(settings.url + payload.path, {
      method: "POST",
      headers: deliveryHeaders(settings, compress),
      body: (compress ? await gzip(payload.body) : payload.body) as Uint8Array<ArrayBuffer>,
      signal: underWay.signal,
    })
    return outcomeOf(response.status, response.headers.get("retry-after"), await response.text(), settings)
  } catch (fault) {
    const cause = (fault as { cause?: { code?: string } }).cause?.code ?? (fault as Error).message
    warnOnce(
      "unreachable",
      `baserun: \`${settings.url}\` cannot be reached (\`${cause}\`); what is recorded is kept and sent when it can`,
      "start the server with `baserun serve`, or set BASERUN_URL; this is told only once",
    )
    return { is: "kept" }
  } finally {
    clearTimeout(timer)
  }
}

function outcomeOf(status: number, again: string | null, text: string, { url }: Settings): Outcome {
  if (status >= 200 && status < 300) {
    if (text.includes("rejected")) {
      warnOnce("rejected", `baserun: the server did not take everything: ${text.slice(0, 300)}`, "see the server's log")
    }
    return { is: "accepted" }
  }
  if (RETRIED.has(status)) {
    warnOnce(
      `status:${status}`,
      `baserun: \`${url}\` answered \`${status}\`; what was recorded is kept and sent again`,
      "if this goes on, see whether the server is overloaded; this is told only once",
    )
    return { is: "kept", retryAfterMs: retryAfter(again) }
  }
  const isKey = status === 401 || status === 403
  warnOnce(
    `refused:${status}`,
    `baserun: \`${url}\` refused what was recorded with \`${status}\`: ${text.slice(0, 300)}`,
    isKey ? "set BASERUN_API_KEY to a key of the project" : "see whether BASERUN_URL names a Baserun server",
  )
  return { is: "refused" }
}

/** Headers of a delivery. */
export function deliveryHeaders(settings: Settings, compressed: boolean): Record<string, string> {
  return {
    "content-type": "application/json",
    "user-agent": `baserun-node/${VERSION}`,
    ...(settings.apiKey && { authorization: `Bearer ${settings.apiKey}` }),
    ...(compressed && { "content-encoding": "gzip" }),
  }
}

/** Milliseconds that a Retry-After header asks for: seconds or a date. */
export function retryAfter(header: string | null, now = Date.now()): number | undefined {
  if (!header) return undefined
  const ms = /^\d+(\.\d+)?$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - now
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), LONGEST_RETRY_AFTER_MS) : undefined
}
