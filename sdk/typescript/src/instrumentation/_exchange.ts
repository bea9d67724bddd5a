/** One call of a client: what went over the wire, held as it was until its span is written. */

/** What went over the wire in one call, as it was. */
export interface Exchange {
  readonly url: string
  /** The library that made it, which names the provider where the host does not. */
  readonly library: string
  requestBody: unknown
  status: number | undefined
  readonly chunks: unknown[]
  firstChunkMs: number | undefined
  /** Whether the answer was read piece by piece. */
  streamed: boolean
}

export type Ending = "complete" | "closed" | "cancelled" | "error"

/** How a call ended, for those who write its span. */
export interface HowEnded {
  how: Ending
  error: unknown
  streamed: boolean
  sessionId: string | undefined
}
