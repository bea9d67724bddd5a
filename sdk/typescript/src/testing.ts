/** For the tests of applications: see what would be recorded, with no server. */

import { settingsFrom, state } from "./_config.js"
import { Delivery } from "./delivery/_delivery.js"

/** A span or a log record as it would be sent, in OTLP/JSON. */
export type Sent = Readonly<Record<string, unknown>>

/** What was recorded while a function ran. */
export interface Recorded<T> {
  result: T
  spans: Sent[]
  records: Sent[]
}

/**
 * Run a function and give everything that was recorded meanwhile, in the whole process; nothing is sent anywhere.
 *
 * Clients have to be recorded already (`init({ instrument })` or `wrap(client)`).
 */
export async function capture<T>(run: () => T): Promise<Recorded<Awaited<T>>> {
  const before = { ...state() }
  const spans: Sent[] = []
  const records: Sent[] = []
  const take: typeof fetch = async (_, request) => {
    const body = JSON.parse(new TextDecoder().decode(request?.body as Uint8Array)) as {
      resourceSpans?: { scopeSpans: { spans: Sent[] }[] }[]
      resourceLogs?: { scopeLogs: { logRecords: Sent[] }[] }[]
    }
    for (const one of body.resourceSpans ?? []) spans.push(...one.scopeSpans.flatMap((scope) => scope.spans))
    for (const one of body.resourceLogs ?? []) records.push(...one.scopeLogs.flatMap((scope) => scope.logRecords))
    return new Response("{}")
  }
  const settings = before.settings ?? settingsFrom({})
  const here = { ...settings, url: "http://127.0.0.1", spoolDirectory: undefined }
  const delivery = new Delivery(here, undefined, take)
  Object.assign(state(), { settings: here, delivery })
  try {
    const result = await run()
    await delivery.flush(5_000)
    return { result, spans, records }
  } finally {
    Object.assign(state(), { settings: before.settings, delivery: before.delivery })
  }
}
