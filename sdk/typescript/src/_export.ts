/**
 * Delivery: a bounded queue, sent in batches, retried until it arrives.
 *
 * The caller only appends to a list. Records are written as JSON in slices of about two milliseconds with the event loop
 * running in between, so that a full batch never holds a request up. When the queue is full the oldest content goes
 * before any structure does, and what was lost is counted and told to the server.
 */

import { breathe, gzip, later, resource, writeSpool } from "#platform"
import { encodeAttributes } from "./_attributes.js"
import { isLoopback, type Settings } from "./_config.js"
import { report, warnOnce } from "./_guard.js"
import { correctClock } from "./_ids.js"
import { LogRecord } from "./_span.js"
import { VERSION } from "./_version.js"

/** Something that waits for delivery. */
export interface Item {
  readonly signal: "span" | "log"
  /** Memory that it holds, about. */
  readonly bytes: number
  render(settings: Settings): string
  /** Let go of what people wrote, keep the rest. */
  dropContent(): void
}

/** A request that is ready to be sent. */
export interface Delivery {
  path: "/v1/traces" | "/v1/logs"
  body: string
  items: number
}

const LOSS = "baserun.sdk.loss"
const BATCH_ITEMS = 512
const BATCH_BYTES = 4 * 1024 * 1024
const SLICE_MS = 2
/** Below this size compression costs more than it saves. */
const GZIP_FROM_CHARACTERS = 1_024
const FIRST_DELAY_MS = 500
const LONGEST_DELAY_MS = 30_000
const LONGEST_RETRY_AFTER_MS = 300_000
const RETRIED = new Set([408, 425, 429, 500, 502, 503, 504])

// Taken when we are loaded: what frameworks and tests put over it later is not meant for us.
const platformFetch = globalThis.fetch

/** What waits to be delivered, and the loop that delivers it. */
export class Queue {
  private items: Item[] = []
  private bytes = 0
  /** Items before this index have no content any more. */
  private stripped = 0
  /** Rendered, not yet accepted. */
  private ready: Delivery[] = []
  private readyBytes = 0
  private scheduled = false
  private running: Promise<void> | undefined
  private stopWaiting: (() => void) | undefined
  private underWay: AbortController | undefined
  private lostSpans = 0
  private lostContents = 0
  private closed = false
  private readonly resource: string

  constructor(
    private readonly settings: Settings,
    private readonly send: typeof fetch = platformFetch,
  ) {
    const attributes = {
      "service.name": settings.serviceName,
      "service.version": settings.release,
      "deployment.environment.name": settings.environment,
      "telemetry.sdk.name": "baserun",
      "telemetry.sdk.version": VERSION,
      ...resource(),
    }
    this.resource = `{"attributes":${encodeAttributes(attributes, settings)}}`
  }

  /** Items that wait, those of a delivery under way included. */
  get waiting(): number {
    return this.items.length + this.ready.reduce((sum, one) => sum + one.items, 0)
  }

  /** Append something. Never waits, never throws. */
  add(item: Item): void {
    if (this.closed) return
    this.items.push(item)
    this.bytes += item.bytes
    if (this.bytes + this.readyBytes > this.settings.maxQueueBytes || this.items.length > this.settings.maxQueueItems) {
      this.shrink()
    }
    if (this.items.length >= BATCH_ITEMS) this.run()
    else this.schedule()
  }

  /** Deliver what waits now; resolves when it has arrived, or after `timeoutMs`. */
  async flush(timeoutMs: number): Promise<boolean> {
    const until = performance.now() + timeoutMs
    while (this.waiting > 0) {
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
    }
    return true
  }

  /** Break off the request under way; what it carried waits on. */
  abort(): void {
    this.underWay?.abort()
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

  /** Everything that waits, rendered at once; the queue is empty afterwards. For the end of the process. */
  takeAll(): Delivery[] {
    const deliveries = this.ready.splice(0)
    this.readyBytes = 0
    while (this.items.length > 0) deliveries.push(...this.enclose(this.take().map((item) => renderItem(item, this.settings))))
    return deliveries
  }

  /** Put back what an earlier process left behind. */
  restore(deliveries: readonly Delivery[]): void {
    for (const one of deliveries) {
      this.ready.push(one)
      this.readyBytes += one.body.length
    }
    if (deliveries.length > 0) this.schedule()
  }

  private schedule(): void {
    if (this.scheduled || this.running) return
    this.scheduled = true
    later(() => {
      this.scheduled = false
      this.run()
    }, this.settings.flushIntervalMs)
  }

  private run(): Promise<void> {
    return (this.running ??= this.deliverAll()
      .catch((fault) => void report("delivery", fault))
      .finally(() => {
        this.running = undefined
        if (this.waiting > 0) this.schedule()
      }))
  }

  private async deliverAll(): Promise<void> {
    correctClock()
    while (!this.closed) {
      if (this.ready.length === 0) await this.renderBatch()
      const next = this.ready[0]
      if (!next) return
      if (!(await this.deliver(next))) return
      if (this.ready[0] === next) {
        this.ready.shift()
        this.readyBytes -= next.body.length
      }
    }
  }

  private async renderBatch(): Promise<void> {
    this.addLossReport()
    const batch = this.take()
    const rendered: Rendered[] = []
    let sliceStart = performance.now()
    for (const item of batch) {
      rendered.push(renderItem(item, this.settings))
      if (performance.now() - sliceStart < SLICE_MS) continue
      await breathe()
      sliceStart = performance.now()
    }
    for (const delivery of this.enclose(rendered)) {
      this.ready.push(delivery)
      this.readyBytes += delivery.body.length
    }
  }

  private take(): Item[] {
    let count = 0
    for (let bytes = 0; count < this.items.length && count < BATCH_ITEMS && bytes < BATCH_BYTES; count += 1) {
      bytes += this.items[count]!.bytes
    }
    const batch = this.items.splice(0, count)
    this.stripped = Math.max(0, this.stripped - count)
    for (const item of batch) this.bytes -= item.bytes
    return batch
  }

  private enclose(rendered: readonly Rendered[]): Delivery[] {
    const scope = `"scope":{"name":"baserun","version":"${VERSION}"}`
    const spans = rendered.filter((one) => one.signal === "span").map((one) => one.text)
    const logs = rendered.filter((one) => one.signal === "log").map((one) => one.text)
    // A report of losses that is lost itself is no loss: it would be reported for ever.
    const reports = rendered.filter((one) => one.isReport).length
    const deliveries: Delivery[] = []
    if (spans.length > 0) {
      const body = `{"resourceSpans":[{"resource":${this.resource},"scopeSpans":[{${scope},"spans":[${spans.join(",")}]}]}]}`
      deliveries.push({ path: "/v1/traces", body, items: spans.length })
    }
    if (logs.length > 0) {
      const body = `{"resourceLogs":[{"resource":${this.resource},"scopeLogs":[{${scope},"logRecords":[${logs.join(",")}]}]}]}`
      deliveries.push({ path: "/v1/logs", body, items: logs.length - reports })
    }
    return deliveries
  }

  /** Send until it is accepted or refused for good. False when the queue was closed in between. */
  private async deliver(delivery: Delivery): Promise<boolean> {
    for (let attempt = 0; ; attempt += 1) {
      const answer = await this.attempt(delivery)
      if (answer.done || this.closed) return answer.done
      const backoff = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** attempt) * (0.5 + Math.random() / 2)
      const pause = delay(answer.retryAfterMs ?? backoff)
      this.stopWaiting = pause.cancel
      await pause.passed
      this.stopWaiting = undefined
      if (this.closed) return false
    }
  }

  private async attempt(delivery: Delivery): Promise<{ done: boolean; retryAfterMs?: number | undefined }> {
    const { settings } = this
    const underWay = new AbortController()
    this.underWay = underWay
    const timer = later(() => underWay.abort(), settings.timeoutMs)
    try {
      const compress = delivery.body.length >= GZIP_FROM_CHARACTERS && !isLoopback(settings.url)
      const response = await this.send(settings.url + delivery.path, {
        method: "POST",
        headers: deliveryHeaders(settings, compress),
        body: compress ? await gzip(delivery.body) : delivery.body,
        signal: underWay.signal,
      })
      const text = await response.text()
      if (response.ok) {
        noticeRejected(text)
        return { done: true }
      }
      if (RETRIED.has(response.status)) {
        warnOnce(
          `status:${response.status}`,
          `baserun: \`${settings.url}\` answered \`${response.status}\`; what was recorded is kept and sent again`,
          "if this goes on, see whether the server is overloaded; this is told only once",
        )
        return { done: false, retryAfterMs: retryAfter(response.headers.get("retry-after")) }
      }
      this.refused(delivery, response.status, text)
      return { done: true }
    } catch (fault) {
      const cause = (fault as { cause?: { code?: string } }).cause?.code ?? (fault as Error).message
      warnOnce(
        "unreachable",
        `baserun: \`${settings.url}\` cannot be reached (\`${cause}\`); what is recorded is kept and sent when it can`,
        "start the server with `baserun serve`, or set BASERUN_URL; this is told only once",
      )
      return { done: false }
    } finally {
      clearTimeout(timer)
      this.underWay = undefined
    }
  }

  private refused(delivery: Delivery, status: number, text: string): void {
    this.lostSpans += delivery.items
    const isKey = status === 401 || status === 403
    warnOnce(
      `refused:${status}`,
      `baserun: \`${this.settings.url}\` refused what was recorded with \`${status}\`: ${text.slice(0, 300)}`,
      isKey ? "set BASERUN_API_KEY to a key of the project" : "see whether BASERUN_URL names a Baserun server",
    )
  }

  /** Bring the queue back within its bounds: content of the oldest first, then the oldest as a whole. */
  private shrink(): void {
    const { maxQueueBytes, maxQueueItems } = this.settings
    while (this.bytes + this.readyBytes > maxQueueBytes && this.stripped < this.items.length) {
      const item = this.items[this.stripped]!
      this.stripped += 1
      const before = item.bytes
      item.dropContent()
      this.bytes -= before - item.bytes
      this.lostContents += 1
    }
    let excess = Math.max(0, this.items.length - maxQueueItems)
    // An eighth at once: taking one from the front of a long list at every call would cost more than the call.
    if (excess > 0) excess = Math.max(excess, Math.floor(maxQueueItems / 8))
    for (const item of this.items.splice(0, excess)) this.bytes -= item.bytes
    this.stripped = Math.max(0, this.stripped - excess)
    this.lostSpans += excess
    warnOnce(
      "overflow",
      `baserun: more was recorded than could be delivered; of \`${this.items.length}\` waiting records the oldest lose content`,
      "see whether the server answers; maxQueueBytes and maxQueueItems of init() set the bounds",
    )
  }

  private addLossReport(): void {
    if (this.lostSpans + this.lostContents === 0) return
    const attributes = {
      "session.id": undefined,
      "user.id": undefined,
      "baserun.loss.spans": this.lostSpans,
      "baserun.loss.contents": this.lostContents,
      "baserun.loss.reason": "the queue was full or the server refused it",
    }
    this.lostSpans = 0
    this.lostContents = 0
    const record = new LogRecord(LOSS, attributes, undefined, {}, undefined)
    this.items.unshift(record)
    this.bytes += record.bytes
  }
}

interface Rendered {
  signal: "span" | "log"
  text: string
  isReport: boolean
}

function renderItem(item: Item, settings: Settings): Rendered {
  const isReport = item instanceof LogRecord && item.eventName === LOSS
  return { signal: item.signal, text: item.render(settings), isReport }
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

function noticeRejected(text: string): void {
  if (!text.includes("rejected")) return
  warnOnce("rejected", `baserun: the server did not take everything: ${text.slice(0, 300)}`, "see the server's log")
}

/** Milliseconds that a Retry-After header asks for: seconds or a date. */
export function retryAfter(header: string | null, now = Date.now()): number | undefined {
  if (!header) return undefined
  const ms = /^\d+(\.\d+)?$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - now
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), LONGEST_RETRY_AFTER_MS) : undefined
}

function delay(ms: number): { passed: Promise<void>; cancel: () => void } {
  let cancel = (): void => undefined
  const passed = new Promise<void>((resolve) => {
    cancel = resolve
    later(resolve, ms)
  })
  return { passed, cancel }
}
