/** Starting and stopping: what `init`, `flush` and `shutdown` do. */

import { deliverBeforeEnd, instrumentInstalled, readSpool } from "#platform"
import { type InitOptions, isLoopback, type Settings, settingsFrom, state } from "./_config.js"
import { Misuse, message } from "./errors.js"
import { Queue } from "./delivery/_delivery.js"
import { guarded, warnOnce } from "./_guard.js"
import { recordAi } from "./instrumentation/libraries/ai.js"
import { endCallsUnderWay } from "./instrumentation/_exchange.js"

const OPTIONS = new Set<string>([
  "apiKey",
  "url",
  "timeout",
  "instrument",
  "serviceName",
  "release",
  "environment",
  "captureContent",
  "redact",
  "maxContentLength",
  "sampleRate",
  "hashUsers",
  "userHashKey",
  "flushInterval",
  "maxQueueItems",
  "maxQueueBytes",
  "spoolDirectory",
  "shutdownTimeout",
  "enabled",
  "quiet",
  "raiseFaults",
] satisfies (keyof InitOptions)[])

/**
 * Start recording: read the settings, start delivery, record the clients that are installed.
 *
 * Needs no waiting for: everything but clients that were loaded as ES modules is in place when it returns, and these are
 * when it resolves. A second call changes the settings. Throws `Misuse` for an option that does not exist and for an
 * address that is none; everything else that goes wrong is a warning.
 */
export function init(options: InitOptions = {}): Promise<void> {
  for (const name of Object.keys(options)) {
    if (!OPTIONS.has(name)) {
      throw new Misuse(
        message(
          `init() has no option \`${name}\``,
          `its options are ${[...OPTIONS].map((one) => `\`${one}\``).join(", ")}`,
        ),
      )
    }
  }
  const settings = settingsFrom(options)
  check(settings)
  const before = state().queue
  state().settings = settings
  if (!settings.enabled) {
    state().queue = undefined
    return Promise.resolve()
  }
  warnAboutKey(settings)
  const queue = new Queue(settings)
  state().queue = queue
  if (before) void before.flush(settings.shutdownTimeoutMs)
  guarded("spool", () => settings.spoolDirectory && queue.restore(readSpool(settings.spoolDirectory)))
  guarded("end of the process", () =>
    deliverBeforeEnd(
      () => state().queue,
      () => state().settings,
      endCallsUnderWay,
    ),
  )
  guarded("AI SDK", () => wants(settings.instrument, "ai") && recordAi())
  return instrumentInstalled(settings.instrument)
}

/** Deliver what was recorded so far; resolves when it has arrived, at the latest after `timeout` ms (5,000). Never rejects. */
export async function flush(options: { timeout?: number } = {}): Promise<void> {
  try {
    await state().queue?.flush(options.timeout ?? 5_000)
  } catch {
    // Told by the queue.
  }
}

/** Deliver what was recorded, end calls still under way, and record nothing more until the next `init()`. Never rejects. */
export async function shutdown(options: { timeout?: number } = {}): Promise<void> {
  const { queue, settings } = state()
  guarded("calls under way", endCallsUnderWay)
  state().queue = undefined
  try {
    await queue?.close(options.timeout ?? settings?.shutdownTimeoutMs ?? 2_000)
  } catch {
    // Told by the queue.
  }
}

const wants = (which: Settings["instrument"], name: string): boolean =>
  which === true || (which !== false && which.includes(name))

function check(settings: Settings): void {
  if (!URL.canParse(settings.url) || !/^https?:/.test(settings.url)) {
    throw new Misuse(message(`the server's address is \`${settings.url}\``, "give one such as `http://127.0.0.1:4318`"))
  }
  if (!(settings.sampleRate >= 0 && settings.sampleRate <= 1)) {
    throw new Misuse(message(`sampleRate is \`${settings.sampleRate}\``, "give a share between 0 and 1"))
  }
  if (settings.hashUsers && !settings.userHashKey) {
    throw new Misuse(
      message(
        "hashUsers is on and there is no key to hash with",
        "set BASERUN_USER_HASH_KEY to a long random text and keep it",
      ),
    )
  }
}

function warnAboutKey(settings: Settings): void {
  if (settings.apiKey || isLoopback(settings.url)) return
  warnOnce("key", `baserun: there is no key for \`${settings.url}\``, "set BASERUN_API_KEY, or pass `apiKey` to init()")
}
