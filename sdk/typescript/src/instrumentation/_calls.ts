/** One call of a client: its attempts, what came back, and the span that it becomes. */

import { later } from "#platform"
import { state } from "../_config.js"
import type { Scope } from "../context/_scope.js"
import { guarded } from "../_guard.js"
import { nowMs } from "../context/_ids.js"
import { CLIENT, Span } from "../recording/_span.js"
import type { Ending, Exchange } from "./_exchange.js"
import { readExchange } from "./_reading.js"
import { type Watcher, watchResponse } from "../recording/_streams.js"

/** Bytes of one answer that are kept; of a longer one the beginning and the end. */
const KEPT_BYTES = 8 * 1024 * 1024
const TAIL_CHUNKS = 64

/** Calls under way; ended by hand when the process ends before they do. */
const underWay = new Set<Call>()

/** Milliseconds after which an answer that is still being read is watched for being thrown away unread. */
const LONG_MS = 2_000

/** To watch every answer would cost a third of all that we add to a call; most are read long before. */
const abandoned =
  typeof FinalizationRegistry === "undefined"
    ? undefined
    : new FinalizationRegistry<Call>((call) => guarded("abandoned call", () => call.end("closed")))

let isSweepPlanned = false

function planSweep(): void {
  if (isSweepPlanned || !abandoned) return
  isSweepPlanned = true
  later(() => {
    isSweepPlanned = false
    for (const call of underWay) guarded("watching for abandoned answers", () => call.letGo())
  }, LONG_MS)
}

/** A call of a client that is under way. */
export class Call implements Watcher, Exchange {
  readonly chunks: unknown[] = []
  readonly span: Span
  url = ""
  requestBody: unknown
  status: number | undefined
  firstChunkMs: number | undefined
  streamed = false
  private attempts = 0
  private bytes = 0
  private over = false
  private response: Response | undefined
  private isLetGo = false
  private isFinal = false
  private lastFault: { status?: number | undefined; error?: unknown } | undefined

  constructor(
    /** The client; a repeated attempt is known by it. */
    readonly owner: object,
    readonly library: string,
    readonly scope: Scope,
  ) {
    this.span = new Span("", CLIENT, scope)
    underWay.add(this)
  }

  /** An attempt begins. */
  attempt(url: string, requestBody: unknown): void {
    this.url = url
    this.requestBody = requestBody
    this.chunks.length = 0
    this.bytes = 0
    this.firstChunkMs = undefined
    if (this.attempts > 0) {
      const attributes = {
        "http.response.status_code": this.lastFault?.status,
        "error.type": this.lastFault?.error ? (this.lastFault.error as Error).name : undefined,
      }
      ;(this.span.events ??= []).push({ name: "baserun.retry", atMs: nowMs(), attributes })
    }
    this.attempts += 1
  }

  /** The attempt was answered. */
  answered(response: Response): void {
    this.status = response.status
    this.lastFault = { status: response.status }
    guarded("watching an answer", () => {
      watchResponse(response, this)
      this.response = response
      planSweep()
    })
  }

  /** Hold the answer no longer: it may be thrown away, and then the call has ended. */
  letGo(): void {
    const { response } = this
    this.response = undefined
    this.isLetGo = true
    // Whoever reads holds the body; the response itself may be gone long before.
    if (response) abandoned?.register(response.body ?? response, this, this)
  }

  /** The attempt came to nothing. */
  unanswered(error: unknown): void {
    this.lastFault = { error }
  }

  chunk(value: unknown): void {
    if (this.over) return
    if (this.firstChunkMs === undefined) this.firstChunkMs = nowMs()
    const size = sizeOf(value)
    this.bytes += size
    this.chunks.push(value)
    this.streamed ||= typeof value !== "string"
    if (this.bytes > KEPT_BYTES && this.chunks.length > 2 * TAIL_CHUNKS) {
      const [gone] = this.chunks.splice(this.chunks.length - TAIL_CHUNKS, 1)
      this.bytes -= sizeOf(gone)
    }
  }

  ended(how: "complete" | "closed"): void {
    // A refused attempt ends with the client's error, or is followed by another attempt.
    if (this.status !== undefined && this.status >= 400 && !this.isFinal) return
    guarded("end of a call", () => this.end(how))
  }

  failed(error: unknown): void {
    guarded("failed call", () => this.end(isAbort(error) ? "cancelled" : "error", error))
  }

  /** Nobody will try again: a refusal ends the call like any answer. */
  refused(): void {
    this.isFinal = true
  }

  /** The client gave up. */
  rejected(error: unknown): void {
    guarded("rejected call", () => this.end(isAbort(error) ? "cancelled" : "error", error))
  }

  /** Ended without an answer that could be read, by something that is no error. */
  drop(): void {
    this.over = true
    underWay.delete(this)
  }

  end(how: Ending, error?: unknown): void {
    if (this.over) return
    this.over = true
    underWay.delete(this)
    this.response = undefined
    if (this.isLetGo) abandoned?.unregister(this)
    const { span } = this
    if (this.attempts > 1) span.attributes["http.request.resend_count"] = this.attempts - 1
    if (how === "error" && error !== undefined) span.fail(error)
    span.attributes["http.response.status_code"] = this.status
    const ending = { how, error, streamed: this.streamed, sessionId: this.scope.session?.id }
    span.read = () => readExchange(this, span, ending)
    span.sizeBytes += this.bytes + sizeOf(this.requestBody)
    span.end()
  }
}

/** End what is still under way: the process is about to end. */
export function endCallsUnderWay(): void {
  for (const call of [...underWay]) if (call.status !== undefined) call.end("closed")
}

/** Whether calls are recorded now. */
export function isRecording(): boolean {
  return state().delivery !== undefined
}

/** Whether an error says that the application itself broke the call off. */
export function isAbort(error: unknown): boolean {
  const name = (error as { name?: unknown } | undefined)?.name
  const constructorName = (error as object | undefined)?.constructor?.name
  return name === "AbortError" || constructorName === "APIUserAbortError" || name === "RequestAbortedError"
}

function sizeOf(value: unknown): number {
  if (typeof value === "string") return value.length
  return (value as { byteLength?: number } | null | undefined)?.byteLength ?? 0
}
