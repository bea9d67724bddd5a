/** Written records that wait to be sent: bounded, losing content before structure, and saying so. */

import { resource } from "#platform"
import type { Settings, Signal, Written } from "../_config.js"
import { warnOnce } from "../_guard.js"
import { encodeAttributes } from "../recording/_otlp.js"
import { VERSION } from "../_version.js"
import { Batch } from "./_batch.js"
import { type Lost, PATHS, type Payload } from "./_http.js"
import type { Loss } from "./_loss.js"

/** A request costs about as much as ten records: with this many it hardly counts. */
const BATCH_ITEMS = 512
const BATCH_BYTES = 4 * 1024 * 1024
/** A batch is what is let go at once, so it has to be a small part of what may wait. */
const BATCHES_IN_A_BUFFER = 8

const SCOPE = `{"name":"baserun","version":"${VERSION}"}`

/** Batches, oldest first; the last of each signal may still be open. */
export class Buffer {
  private batches: Batch[] = []
  private begun = 0
  private memory: Uint8Array | undefined
  private readonly resource: string
  readonly mostItems: number
  readonly mostBytes: number
  /** The batch that a request carries at this moment: it cannot be let go. */
  underWay: Batch | undefined

  constructor(
    private readonly settings: Settings,
    private readonly loss: Loss,
  ) {
    const { structure } = encodeAttributes(
      {
        "service.name": settings.serviceName,
        "service.version": settings.release,
        "deployment.environment.name": settings.environment,
        "telemetry.sdk.name": "baserun",
        "telemetry.sdk.version": VERSION,
        ...resource(),
        ...settings.resource,
      },
      settings,
    )
    this.resource = `{"attributes":[${structure}]}`
    this.mostItems = Math.max(1, Math.min(BATCH_ITEMS, Math.floor(settings.maxQueueRecords / BATCHES_IN_A_BUFFER)))
    this.mostBytes = Math.min(BATCH_BYTES, Math.floor(settings.maxQueueBytes / BATCHES_IN_A_BUFFER))
  }

  /** Records that wait, those of a request under way included. */
  get items(): number {
    return this.batches.reduce((sum, one) => sum + one.items, 0)
  }

  get sizeBytes(): number {
    return this.batches.reduce((sum, one) => sum + one.size, 0)
  }

  get isEmpty(): boolean {
    return this.batches.length === 0
  }

  /** Number of the oldest batch; `undefined` where there is none. */
  get oldest(): number | undefined {
    return this.batches[0]?.number
  }

  /** The oldest batch that takes nothing more in. */
  get next(): Batch | undefined {
    return this.batches.find((one) => one.sealed)
  }

  holds(batch: Batch): boolean {
    return this.batches.includes(batch)
  }

  /** Add a record, or a report of losses; true where its batch is full now. */
  put(signal: Signal, record: Written, lost?: Lost): boolean {
    const batch = this.openBatch(signal)
    batch.add(record, lost)
    if (batch.items < this.mostItems && batch.filled < this.mostBytes) return false
    this.keepMemory(batch.seal())
    return true
  }

  /** Close the batches that are there; gives the number of the last. */
  seal(): number {
    for (const batch of this.batches) this.keepMemory(batch.seal())
    return this.begun
  }

  /** Let go of a batch that has arrived, or will never be accepted. */
  settle(batch: Batch): void {
    const at = this.batches.indexOf(batch)
    if (at >= 0) this.batches.splice(at, 1)
    this.keepMemory(batch.release())
  }

  /** Everything that waits; the buffer is empty afterwards. */
  takeAll(): Payload[] {
    return this.batches.splice(0).map((one) => one.payload())
  }

  /** Put back what an earlier process left behind. */
  restore(payloads: readonly Payload[]): void {
    for (const one of payloads) this.batches.push(Batch.from(++this.begun, one))
  }

  /** Whether more waits than may, with so much that is not yet written. */
  isTooFull(unwritten: number, unwrittenBytes: number): boolean {
    return (
      this.sizeBytes + unwrittenBytes > this.settings.maxQueueBytes ||
      this.items + unwritten > this.settings.maxQueueRecords
    )
  }

  /** Come back within the bounds: content of the oldest first, then the oldest as a whole. */
  relieve(unwritten: number, unwrittenBytes: number): void {
    const movable = this.batches.filter((one) => one !== this.underWay)
    for (const batch of movable) {
      if (this.sizeBytes + unwrittenBytes <= this.settings.maxQueueBytes) break
      if (batch.hasContent) this.loss.add(0, batch.dropContents())
    }
    for (const batch of movable) {
      if (!this.isTooFull(unwritten, unwrittenBytes)) break
      this.batches.splice(this.batches.indexOf(batch), 1)
      this.loss.add(batch.items + (batch.losses?.spans ?? 0), batch.losses?.contents)
    }
    const waiting = this.items + unwritten
    warnOnce(
      "overflow",
      `baserun: more was recorded than could be delivered; of \`${waiting}\` waiting records the oldest lose content`,
      "see whether the server answers; maxQueueBytes and maxQueueRecords of init() set the bounds",
    )
  }

  private openBatch(signal: Signal): Batch {
    const open = this.batches.find((one) => !one.sealed && one.path === PATHS[signal])
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
}
