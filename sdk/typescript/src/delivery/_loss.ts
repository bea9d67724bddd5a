/** What was lost, counted until it is reported. */

import type { Settings, Written } from "../_config.js"
import { LogRecord } from "../recording/_span.js"
import type { Lost } from "./_http.js"

/** What was lost since the last report. */
export class Loss {
  private spans = 0
  private contents = 0
  /** The last report was refused itself: the next one goes once the server takes something again. */
  private isReportRefused = false

  get isEmpty(): boolean {
    return this.spans + this.contents === 0
  }

  get isReportDue(): boolean {
    return !this.isEmpty && !this.isReportRefused
  }

  /** Count a loss. */
  add(spans: number, contents = 0): void {
    this.spans += spans
    this.contents += contents
  }

  /** Count what a request carried that was refused for good: its records, and the losses that it reported. */
  addRefused(items: number, reported: Lost | undefined): void {
    this.add(items + (reported?.spans ?? 0), reported?.contents)
    if (reported) this.isReportRefused = true
  }

  /** The server takes something: it may be told again. */
  noteAccepted(): void {
    this.isReportRefused = false
  }

  /** What was lost; counting starts again, because it is being reported. */
  take(): Lost {
    const { spans, contents } = this
    this.spans = 0
    this.contents = 0
    return { spans, contents }
  }
}

/** The record that tells the server of losses. */
export function writeReport({ spans, contents }: Lost, settings: Settings): Written {
  const attributes = {
    "session.id": undefined,
    "user.id": undefined,
    "baserun.loss.spans": spans,
    "baserun.loss.contents": contents,
    "baserun.loss.reason": "the queue was full or the server refused it",
  }
  return new LogRecord("baserun.sdk.loss", attributes, undefined, {}, undefined).write(settings)
}
