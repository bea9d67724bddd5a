/**
 * Delivery: a bounded queue, sent in batches, retried until it arrives.
 *
 * add() ─► fresh ─► written, a few at a time, while they are at hand ─► batch ─► POST, retry
 *
 * The caller only appends to a list. A few records later they are written with the event loop running in between: soon
 * enough that their texts are still in the processor's caches and die young, in slices so short that no request is held
 * up. When the queue is full the oldest content goes before any structure does, and what was lost is counted and told
 * to the server.
 */

import { breathe, later, resource, writeSpool } from "#platform"
import { encodeAttributes } from "../recording/_otlp.js"
import { Batch, type Signal, type Written } from "./_batch.js"
import type { Settings } from "../_config.js"
import { attempt, type Delivery, type Losses } from "./_http.js"
import { report, warnOnce } from "../_guard.js"
import { correctClock } from "../context/_ids.js"
import { LogRecord } from "../recording/_span.js"
import { VERSION } from "../_version.js"

/** Something that waits for delivery. */
export interface Item {
  readonly signal: Signal
  /** Memory that it holds, about. */
  readonly bytes: number
  write(settings: Settings): Written
}

/** Records, and bytes of them, that gather before they are written: one turn of the event loop is shared by so many. */
const WRITE_ITEMS = 64
const WRITE_BYTES = 256 * 1024
const SLICE_MS = 1
/** A request costs about as much as ten records: with this many it hardly counts. */
const BATCH_ITEMS = 512
const BATCH_BYTES = 4 * 1024 * 1024
/** A batch is what is let go at once, so it has to be a small part of what may wait. */
const BATCHES_IN_A_QUEUE = 8
const FIRST_DELAY_MS = 500
const LONGEST_DELAY_MS = 30_000

const SCOPE = `{"name":"baserun","version":"${VERSION}"}`

// Taken when we are loaded: what frameworks and tests put over it later is not meant for us.
const platformFetch = globalThis.fetch

/** What waits to be delivered, and the loop that delivers it. */
export class Queue {
  private fresh: Item[] = []
  private freshBytes = 0
  /** Oldest first; the last of each signal may still be open. */
  private batches: Batch[] = []
  private begun = 0
  private memory: Uint8Array | undefined
  private isWriting = false
  private scheduled = false
  private running: Promise<void> | undefined
  private stopWaiting: (() => void) | undefined
  private underWay: { readonly batch: Batch; readonly abort: AbortController } | undefined
  private lost: Losses = { spans: 0, contents: 0 }
  /** The last report of losses was refused itself: the next one goes once the server takes something again. */
  private isReportRefused = false
  private closed = false
  private readonly resource: string
  private readonly mostItems: number
  private readonly mostBytes: number
  private readonly mostFresh: number
  private readonly mostFreshBytes: number

  constructor(
    private readonly settings: Settings,
    private readonly send: typeof fetch = platformFetch,
  ) {
    const { structure } = encodeAttributes(
      {
        "service.name": settings.serviceName,
        "service.version": settings.release,
        "deployment.environment.name": settings.environment,
        "telemetry.sdk.name": "baserun",
        "telemetry.sdk.version": VERSION,
        ...resource(),
      },
      settings,
    )
    this.resource = `{"attributes":[${structure}]}`
    this.mostItems = Math.max(1, Math.min(BATCH_ITEMS, Math.floor(settings.maxQueueItems / BATCHES_IN_A_QUEUE)))
    this.mostFresh = Math.min(WRITE_ITEMS, this.mostItems)
    this.mostBytes = Math.min(BATCH_BYTES, Math.floor(settings.maxQueueBytes / BATCHES_IN_A_QUEUE))
    this.mostFreshBytes = Math.min(WRITE_BYTES, this.mostBytes)
  }

  /** Items that wait, those of a delivery under way included. */
  get waiting(): number {
    return this.fresh.length + this.batches.reduce((sum, one) => sum + one.items, 0)
  }

  /** Whether there is nothing that the server should get, not even a report of losses. */
  get isEmpty(): boolean {
    return this.waiting === 0 && !this.hasLost
  }

  /** Append something. Never waits, never throws. */
  add(item: Item): void {
    if (this.closed) return
    this.fresh.push(item)
    this.freshBytes += item.bytes
    if (this.fresh.length >= this.mostFresh || this.freshBytes >= this.mostFreshBytes) this.writeSoon()
    this.schedule()
  }

  /** Deliver what waits now; resolves when it has arrived, or after `timeoutMs`. */
  async flush(timeoutMs: number): Promise<boolean> {
    const until = performance.now() + timeoutMs
    await this.writeFresh()
    let last = this.seal()
    while (this.batches.length > 0 && this.batches[0]!.number <= last) {
      const left = until - performance.now()
      if (left <= 0) return false
      this.stopWaiting?.()
      // Unlike every other timer of ours this one keeps the process: somebody waits for it.
      let timer: ReturnType<typeof setTimeout> | undefined
      const timedOut = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, left)
      })
      await Promise.race([this.run(), timedOut])
      clearTimeout(timer)
      if (this.isReportDue) last = this.seal()
    }
    return true
  }

  /** Break off the request under way; what it carried waits on. */
  abort(): void {
    this.underWay?.abort.abort()
  }

  /** Deliver what can be delivered in `timeoutMs`, put the rest in the spool, and accept nothing more. */
  async close(timeoutMs: number): Promise<void> {
    await this.flush(timeoutMs)
    this.closed = true
    this.abort()
    this.stopWaiting?.()
    const left = this.takeAll()
    if (left.length > 0 && this.settings.spoolDirectory) writeSpool(this.settings.spoolDirectory, left)
  }

  /** Everything that waits, written at once; the queue is empty afterwards. For the end of the process. */
  takeAll(): Delivery[] {
    while (this.fresh.length > 0) this.writeSlice()
    this.isReportRefused = false
    this.seal()
    return this.batches.splice(0).map((one) => one.delivery())
  }

  /** Put back what an earlier process left behind. */
  restore(deliveries: readonly Delivery[]): void {
    for (const one of deliveries) this.batches.push(Batch.from(++this.begun, one))
    if (deliveries.length > 0) this.schedule()
  }

  private schedule(): void {
    if (this.scheduled) return
    this.scheduled = true
    later(() => {
      this.scheduled = false
      void this.deliverNow().catch((fault) => void report("delivery", fault))
    }, this.settings.flushIntervalMs)
  }

  private async deliverNow(): Promise<void> {
    await this.writeFresh()
    // While a delivery has its difficulties the open batches fill: one larger request comes cheaper than many.
    if (!this.running) this.seal()
    await this.run()
  }

  private run(): Promise<void> {
    return (this.running ??= this.deliverSealed()
      .catch((fault) => void report("delivery", fault))
      .finally(() => {
        this.running = undefined
        if (!this.closed && (this.batches.length > 0 || this.isReportDue)) this.schedule()
      }))
  }

  private async deliverSealed(): Promise<void> {
    correctClock()
    while (!this.closed) {
      const next = this.batches.find((one) => one.sealed)
      if (!next || !(await this.deliver(next))) return
      const at = this.batches.indexOf(next)
      if (at >= 0) this.batches.splice(at, 1)
      this.keepMemory(next.release())
    }
  }

  private writeSoon(): void {
    if (this.isTooFull) {
      // Nothing gave us a turn in which to write: what came in meanwhile has to be bounded all the same.
      while (this.fresh.length > 0) this.writeSlice()
      this.shrink()
    } else if (!this.isWriting) {
      this.isWriting = true
      void breathe()
        .then(() => this.writeFresh())
        .catch((fault) => void report("delivery", fault))
        .finally(() => (this.isWriting = false))
    }
  }

  private async writeFresh(): Promise<void> {
    while (this.fresh.length > 0) {
      this.writeSlice()
      if (this.fresh.length > 0) await breathe()
    }
    if (this.isTooFull) this.shrink()
  }

  private writeSlice(): void {
    const end = performance.now() + SLICE_MS
    let count = 0
    while (count < this.fresh.length) {
      const item = this.fresh[count]!
      count += 1
      this.freshBytes -= item.bytes
      this.write(item)
      if (performance.now() > end) break
    }
    this.fresh.splice(0, count)
  }

  private write(item: Item): void {
    let text: Written
    try {
      text = item.write(this.settings)
    } catch (fault) {
      this.lost.spans += 1
      return report("writing a record", fault)
    }
    const batch = this.openBatch(item.signal)
    batch.add(text)
    if (batch.items < this.mostItems && batch.filled < this.mostBytes) return
    this.keepMemory(batch.seal())
    void this.run()
  }

  private openBatch(signal: Signal): Batch {
    const path = signal === "span" ? "/v1/traces" : "/v1/logs"
    const open = this.batches.find((one) => !one.sealed && one.path === path)
    if (open) return open
    const batch = Batch.begin(++this.begun, signal, this.resource, SCOPE, this.memory)
    this.memory = undefined
    this.batches.push(batch)
    return batch
  }

  /** Hold on to memory in which the next batch can be written; not to more than a batch takes. */
  private keepMemory(free: Uint8Array | undefined): void {
    if (free && free.length <= this.mostBytes && free.length > (this.memory?.length ?? 0)) this.memory = free
  }

  /** Close the batches that are there, with a report of losses where one is due; gives the number of the last. */
  private seal(): number {
    if (this.isReportDue) {
      const { lost } = this
      this.lost = { spans: 0, contents: 0 }
      this.openBatch("log").add(lossReport(lost).write(this.settings), lost)
    }
    for (const batch of this.batches) this.keepMemory(batch.seal())
    return this.begun
  }

  /** Send until it is accepted or refused for good. False when the queue was closed in between. */
  private async deliver(batch: Batch): Promise<boolean> {
    // A batch that had to be let go while it waited for its next attempt is done with.
    for (let failures = 0; this.batches.includes(batch); failures += 1) {
      const abort = new AbortController()
      this.underWay = { batch, abort }
      const outcome = await attempt(batch.delivery(), this.settings, this.send, abort)
      this.underWay = undefined
      if (outcome.is === "accepted") this.isReportRefused = false
      if (outcome.is === "refused") this.noteRefused(batch)
      if (outcome.is !== "kept") return true
      if (this.closed) return false
      const backoff = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** failures) * (0.5 + Math.random() / 2)
      const pause = delay(outcome.retryAfterMs ?? backoff)
      this.stopWaiting = pause.cancel
      await pause.passed
      this.stopWaiting = undefined
      if (this.closed) return false
    }
    return true
  }

  private noteRefused({ items, losses }: Batch): void {
    this.lost.spans += items + (losses?.spans ?? 0)
    this.lost.contents += losses?.contents ?? 0
    if (losses) this.isReportRefused = true
  }

  private get hasLost(): boolean {
    return this.lost.spans + this.lost.contents > 0
  }

  private get isReportDue(): boolean {
    return this.hasLost && !this.isReportRefused
  }

  private get isTooFull(): boolean {
    return this.bytes > this.settings.maxQueueBytes || this.waiting > this.settings.maxQueueItems
  }

  private get bytes(): number {
    return this.freshBytes + this.batches.reduce((sum, one) => sum + one.size, 0)
  }

  /** Bring the queue back within its bounds: content of the oldest first, then the oldest as a whole. */
  private shrink(): void {
    const movable = this.batches.filter((one) => one !== this.underWay?.batch)
    for (const batch of movable) {
      if (this.bytes <= this.settings.maxQueueBytes) break
      if (batch.hasContent) this.lost.contents += batch.dropContents()
    }
    for (const batch of movable) {
      if (!this.isTooFull) break
      this.batches.splice(this.batches.indexOf(batch), 1)
      this.lost.spans += batch.items + (batch.losses?.spans ?? 0)
      this.lost.contents += batch.losses?.contents ?? 0
    }
    warnOnce(
      "overflow",
      `baserun: more was recorded than could be delivered; of \`${this.waiting}\` waiting records the oldest lose content`,
      "see whether the server answers; maxQueueBytes and maxQueueItems of init() set the bounds",
    )
  }
}

function lossReport({ spans, contents }: Losses): LogRecord {
  const attributes = {
    "session.id": undefined,
    "user.id": undefined,
    "baserun.loss.spans": spans,
    "baserun.loss.contents": contents,
    "baserun.loss.reason": "the queue was full or the server refused it",
  }
  return new LogRecord("baserun.sdk.loss", attributes, undefined, {}, undefined)
}

function delay(ms: number): { passed: Promise<void>; cancel: () => void } {
  let cancel = (): void => undefined
  const passed = new Promise<void>((resolve) => {
    cancel = resolve
    later(resolve, ms)
  })
  return { passed, cancel }
}
