/**
 * From the application to the server, without the application ever waiting.
 *
 * record() ─► writer: a few at a time, while they are at hand ─► buffer ─► sender: POST, retry
 *                                                                └─► spool, at the end of the process
 *
 * The caller only appends to a list. When too much waits the oldest content goes before any structure does, and what was
 * lost is counted and told to the server.
 */

import { later } from "#platform"
import type { Recordable, Settings } from "../_config.js"
import { report } from "../_guard.js"
import { Buffer } from "./_buffer.js"
import type { Payload } from "./_http.js"
import { Loss } from "./_loss.js"
import { Sender } from "./_sender.js"
import { Writer } from "./_writer.js"

/** Where what could not be delivered is kept for the next process. */
export interface Keeping {
  write(payloads: readonly Payload[]): void
}

// Taken when we are loaded: what frameworks and tests put over it later is not meant for us.
const platformFetch = globalThis.fetch

/** What waits to be delivered, and what delivers it. */
export class Delivery {
  private readonly loss = new Loss()
  private readonly buffer: Buffer
  private readonly writer: Writer
  private readonly sender: Sender
  private scheduled = false
  private closed = false

  constructor(
    private readonly settings: Settings,
    private readonly spool?: Keeping,
    send: typeof fetch = platformFetch,
  ) {
    this.buffer = new Buffer(settings, this.loss)
    this.sender = new Sender(settings, this.buffer, this.loss, send, () => this.schedule())
    this.writer = new Writer(settings, this.buffer, this.loss, () => void this.sender.run())
  }

  /** Whether there is nothing that the server should get, not even a report of losses. */
  get isEmpty(): boolean {
    return this.writer.waiting + this.buffer.items === 0 && this.loss.isEmpty
  }

  /** Take a record. Never waits, never throws. */
  record(record: Recordable): void {
    if (this.closed) return
    this.writer.put(record)
    this.schedule()
  }

  /** Deliver what waits now; resolves when it has arrived, or after `timeoutMs`. */
  async flush(timeoutMs: number): Promise<boolean> {
    const until = performance.now() + timeoutMs
    await this.writer.writeAll()
    let last = this.writer.seal()
    while ((this.buffer.oldest ?? Infinity) <= last) {
      const left = until - performance.now()
      if (left <= 0) return false
      this.sender.hurry()
      // Unlike every other timer of ours this one keeps the process: somebody waits for it.
      let timer: ReturnType<typeof setTimeout> | undefined
      const timedOut = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, left)
      })
      await Promise.race([this.sender.run(), timedOut])
      clearTimeout(timer)
      if (this.loss.isReportDue) last = this.writer.seal()
    }
    return true
  }

  /** Break off the request under way; what it carried waits on. */
  abort(): void {
    this.sender.abort()
  }

  /** Deliver what can be delivered in `timeoutMs`, keep the rest in the spool, and accept nothing more. */
  async shutdown(timeoutMs: number): Promise<void> {
    await this.flush(timeoutMs)
    this.closed = true
    this.sender.stop()
    this.keep(this.takeAll())
  }

  /** Everything that waits, written at once; nothing is left afterwards. For the end of the process. */
  takeAll(): Payload[] {
    this.writer.writeNow()
    this.writer.sealLast()
    return this.buffer.takeAll()
  }

  /** Keep what did not arrive for the next process, where there is a spool. */
  keep(payloads: readonly Payload[]): void {
    if (payloads.length > 0) this.spool?.write(payloads)
  }

  /** Take on what an earlier process left behind. */
  restore(payloads: readonly Payload[]): void {
    this.buffer.restore(payloads)
    if (payloads.length > 0) this.schedule()
  }

  private schedule(): void {
    if (this.scheduled) return
    this.scheduled = true
    later(() => {
      this.scheduled = false
      void this.deliverNow().catch((fault) => void report("delivery", fault))
    }, this.settings.flushIntervalSeconds * 1_000)
  }

  private async deliverNow(): Promise<void> {
    await this.writer.writeAll()
    // While a delivery has its difficulties the open batches fill: one larger request comes cheaper than many.
    if (!this.sender.isRunning) this.writer.seal()
    await this.sender.run()
  }
}
