/** Sends batches, in order, until each is accepted or refused for good. */

import type { Settings } from "../_config.js"
import { correctClock } from "../context/_ids.js"
import { report } from "../_guard.js"
import type { Batch } from "./_batch.js"
import type { Buffer } from "./_buffer.js"
import { post } from "./_http.js"
import type { Loss } from "./_loss.js"
import { delayMs, pause } from "./_retry.js"

/** Takes batches from the buffer; `onMore` is called when it has paused with something left. */
export class Sender {
  private running: Promise<void> | undefined
  private stopWaiting: (() => void) | undefined
  private request: AbortController | undefined
  private stopped = false

  constructor(
    private readonly settings: Settings,
    private readonly buffer: Buffer,
    private readonly loss: Loss,
    private readonly send: typeof fetch,
    private readonly onMore: () => void,
  ) {}

  get isRunning(): boolean {
    return this.running !== undefined
  }

  /** Send the batches that are closed; resolves when there are none left. */
  run(): Promise<void> {
    return (this.running ??= this.sendSealed()
      .catch((fault) => void report("delivery", fault))
      .finally(() => {
        this.running = undefined
        if (!this.stopped && (!this.buffer.isEmpty || this.loss.isReportDue)) this.onMore()
      }))
  }

  /** Somebody waits: do not wait for the next attempt. */
  hurry(): void {
    this.stopWaiting?.()
  }

  /** Break off the request under way; what it carried waits on. */
  abort(): void {
    this.request?.abort()
  }

  /** Break off, and send nothing more. */
  stop(): void {
    this.stopped = true
    this.abort()
    this.hurry()
  }

  private async sendSealed(): Promise<void> {
    correctClock()
    while (!this.stopped) {
      const { next } = this.buffer
      if (!next || !(await this.sendBatch(next))) return
      this.buffer.settle(next)
    }
  }

  /** Send until it is accepted or refused for good. False when we were stopped in between. */
  private async sendBatch(batch: Batch): Promise<boolean> {
    // A batch that had to be let go while it waited for its next attempt is done with.
    for (let failures = 0; this.buffer.holds(batch); failures += 1) {
      const request = new AbortController()
      this.request = request
      this.buffer.underWay = batch
      const outcome = await post(batch.payload(), this.settings, this.send, request)
      this.request = undefined
      this.buffer.underWay = undefined
      if (outcome.is === "accepted") this.loss.noteAccepted()
      if (outcome.is === "refused") this.loss.addRefused(batch.items, batch.losses)
      if (outcome.is !== "kept") return true
      if (this.stopped) return false
      const waiting = pause(outcome.retryAfterMs ?? delayMs(failures))
      this.stopWaiting = waiting.cancel
      await waiting.passed
      this.stopWaiting = undefined
      if (this.stopped) return false
    }
    return true
  }
}
