/**
 * Records that were written, in the very form in which they will be sent.
 *
 * They are bytes outside of the heap: what waits for a server that is away costs no collection anything. Where content
 * stands among them is remembered, so that it can be let go without reading a record again.
 */

import type { Signal, Written } from "../_config.js"
import { type Lost, type Payload, PATHS } from "./_http.js"

const TAIL = "]}]}]}"
const FIRST_BYTES = 32 * 1024
/** Bytes of UTF-8 that a character of a string takes at most. */
const MOST_BYTES_A_CHARACTER = 3
const BRACKET = 0x5b
/** From this share on the memory of a sealed batch is not cut to size. */
const WELL_FILLED = 0.75
const NOTHING = new Uint8Array(0)

const encoder = new TextEncoder()
const bytesOf = (text: string): number => encoder.encode(text).length
const DROPPED = '{"key":"baserun.content.dropped","value":{"boolValue":true}}]'

/** A request in the making; no longer once it is sealed. */
export class Batch {
  items = 0
  /** The losses that it reports. */
  losses: Lost | undefined
  sealed = false
  /** Pairs of offsets between which content stands. */
  private contents: number[] = []
  private length = 0

  private constructor(
    /** Batches are numbered in the order in which they began. */
    readonly number: number,
    readonly path: Payload["path"],
    private bytes: Uint8Array,
  ) {}

  /**
   * Begin one; `resource` is the resource of everything in it, `scope` its scope, as JSON text. `memory` is what an
   * earlier one was written in: to touch fresh megabytes for each costs more than to write them.
   */
  static begin(
    number: number,
    signal: Signal,
    resource: string,
    scope: string,
    memory: Uint8Array = new Uint8Array(FIRST_BYTES),
  ): Batch {
    const batch = new Batch(number, PATHS[signal], memory)
    const [outer, middle, inner] =
      signal === "spans" ? ["resourceSpans", "scopeSpans", "spans"] : ["resourceLogs", "scopeLogs", "logRecords"]
    batch.append(`{"${outer}":[{"resource":${resource},"${middle}":[{"scope":${scope},"${inner}":[`)
    return batch
  }

  /** One that was ready before: it is sent as it is. */
  static from(number: number, { path, body, items, losses }: Payload): Batch {
    const batch = new Batch(number, path, body)
    return Object.assign(batch, { length: body.length, items, losses, sealed: true })
  }

  /** Bytes that it holds in memory; while it is open some of them are still free. */
  get size(): number {
    return this.bytes.length
  }

  /** Bytes that were written. */
  get filled(): number {
    return this.length
  }

  get hasContent(): boolean {
    return this.contents.length > 0
  }

  /** Add a record. A report of losses is not counted among the items: it would be reported for ever. */
  add(record: Written, losses?: Lost): void {
    const start = this.items > 0 || this.losses ? `,${record.start}` : record.start
    const { content, end } = record
    const before = this.length
    const text = start + content + end
    this.append(text)
    // Nearly always a character is a byte, and then everything is known after one pass.
    const isPlain = this.length - before === text.length
    const begin = before + (isPlain ? start.length : bytesOf(start))
    if (content !== "]") this.contents.push(begin, isPlain ? begin + content.length : this.length - bytesOf(end))
    if (losses) this.losses = losses
    else this.items += 1
  }

  /** Take nothing more in; gives the memory that it was written in where that is too much to hold on to. */
  seal(): Uint8Array | undefined {
    if (this.sealed) return undefined
    this.sealed = true
    this.append(TAIL)
    return this.fit()
  }

  /** The memory of a batch that is done with. */
  release(): Uint8Array {
    const { bytes } = this
    this.bytes = NOTHING
    this.length = 0
    return bytes
  }

  /** Let go of what people wrote, keep the rest; gives the number of records that had any. */
  dropContents(): number {
    const { contents, bytes, length } = this
    this.contents = []
    this.bytes = new Uint8Array(FIRST_BYTES)
    this.length = 0
    let kept = 0
    for (let at = 0; at < contents.length; at += 2) {
      this.copy(bytes.subarray(kept, contents[at]))
      this.append((bytes[contents[at]! - 1] === BRACKET ? "" : ",") + DROPPED)
      kept = contents[at + 1]!
    }
    this.copy(bytes.subarray(kept, length))
    if (this.sealed) this.fit()
    return contents.length / 2
  }

  payload(): Payload {
    this.seal()
    return { path: this.path, body: this.bytes.subarray(0, this.length), items: this.items, losses: this.losses }
  }

  private fit(): Uint8Array | undefined {
    const { bytes, length } = this
    if (length >= bytes.length * WELL_FILLED) return undefined
    this.bytes = bytes.slice(0, length)
    return bytes
  }

  private append(text: string): void {
    this.reserve(text.length * MOST_BYTES_A_CHARACTER)
    this.length += encoder.encodeInto(text, this.bytes.subarray(this.length)).written
  }

  private copy(part: Uint8Array): void {
    this.reserve(part.length)
    this.bytes.set(part, this.length)
    this.length += part.length
  }

  private reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return
    const larger = new Uint8Array(Math.max(2 * this.bytes.length, this.length + more))
    larger.set(this.bytes.subarray(0, this.length))
    this.bytes = larger
  }
}
