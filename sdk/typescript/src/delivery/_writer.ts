/**
 * What was handed over and is written a few records later, with the event loop running in between: soon enough that
 * their texts are still in the processor's caches and die young, in slices so short that no request is held up.
 */

import { breathe } from "#platform"
import type { Recordable, Settings, Written } from "../_config.js"
import { report } from "../_guard.js"
import type { Buffer } from "./_buffer.js"
import { type Loss, writeReport } from "./_loss.js"

/** Records, and bytes of them, that gather before they are written: one turn of the event loop is shared by so many. */
const WRITE_ITEMS = 64
const WRITE_BYTES = 256 * 1024
const SLICE_MS = 1

/** Takes records, puts them into the buffer, and calls `onFull` once a request's worth is there. */
export class Writer {
  private fresh: Recordable[] = []
  private freshBytes = 0
  private isWriting = false
  private readonly mostFresh: number
  private readonly mostFreshBytes: number

  constructor(
    private readonly settings: Settings,
    private readonly buffer: Buffer,
    private readonly loss: Loss,
    private readonly onFull: () => void,
  ) {
    this.mostFresh = Math.min(WRITE_ITEMS, buffer.mostItems)
    this.mostFreshBytes = Math.min(WRITE_BYTES, buffer.mostBytes)
  }

  /** Records that are not written yet. */
  get waiting(): number {
    return this.fresh.length
  }

  /** Take a record. Never waits, never throws. */
  put(record: Recordable): void {
    this.fresh.push(record)
    this.freshBytes += record.sizeBytes
    if (this.fresh.length >= this.mostFresh || this.freshBytes >= this.mostFreshBytes) this.writeSoon()
  }

  /** Write everything, letting others run in between. */
  async writeAll(): Promise<void> {
    while (this.fresh.length > 0) {
      this.writeSlice()
      if (this.fresh.length > 0) await breathe()
    }
    if (this.isTooFull) this.relieve()
  }

  /** Write everything at once. */
  writeNow(): void {
    while (this.fresh.length > 0) this.writeSlice()
  }

  /** Close the batches that are there, with a report of losses where one is due; gives the number of the last. */
  seal(): number {
    if (this.loss.isReportDue) this.report()
    return this.buffer.seal()
  }

  /** Close them with a report of losses, whether or not the last one was refused: there will be no later one. */
  sealLast(): void {
    if (!this.loss.isEmpty) this.report()
    this.buffer.seal()
  }

  private report(): void {
    const lost = this.loss.take()
    this.buffer.put("logs", writeReport(lost, this.settings), lost)
  }

  private writeSoon(): void {
    if (this.isTooFull) {
      // Nothing gave us a turn in which to write: what came in meanwhile has to be bounded all the same.
      this.writeNow()
      this.relieve()
    } else if (!this.isWriting) {
      this.isWriting = true
      void breathe()
        .then(() => this.writeAll())
        .catch((fault) => void report("delivery", fault))
        .finally(() => (this.isWriting = false))
    }
  }

  private writeSlice(): void {
    const end = performance.now() + SLICE_MS
    let count = 0
    while (count < this.fresh.length) {
      const record = this.fresh[count]!
      count += 1
      this.freshBytes -= record.sizeBytes
      this.write(record)
      if (performance.now() > end) break
    }
    this.fresh.splice(0, count)
  }

  private write(record: Recordable): void {
    let text: Written
    try {
      text = record.write(this.settings)
    } catch (fault) {
      this.loss.add(1)
      return report("writing a record", fault)
    }
    if (this.buffer.put(record.signal, text)) this.onFull()
  }

  private get isTooFull(): boolean {
    return this.buffer.isTooFull(this.fresh.length, this.freshBytes)
  }

  private relieve(): void {
    this.buffer.relieve(this.fresh.length, this.freshBytes)
  }
}
