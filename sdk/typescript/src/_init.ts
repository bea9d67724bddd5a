/** Starting and stopping: what `init`, `flush` and `shutdown` do. */

import { deliverBeforeEnd, instrumentInstalled, Spool } from "#process"
import { DEFAULTS, type InitOptions, isLoopback, OLDER_NAMES, type Settings, settingsFrom, state } from "./_config.js"
import { InvalidArgument, message } from "./errors.js"
import { Delivery } from "./delivery/_delivery.js"
import { guarded, warnOnce } from "./_guard.js"
import { recordAi } from "./instrumentation/libraries/ai.js"
import { endCallsUnderWay } from "./instrumentation/_calls.js"

const OPTIONS = [...Object.keys(DEFAULTS), ...Object.keys(OLDER_NAMES)]

/**
 * Start recording: read the settings, start delivery, record the clients that are installed.
 *
 * Needs no waiting for: everything but clients that were loaded as ES modules is in place when it returns, and these are
 * when it resolves. A second call changes the settings. Throws `InvalidArgument` for an option that does not exist and for an
 * address that is none; everything else that goes wrong is a warning.
 */
export function init(options: InitOptions = {}): Promise<void> {
  for (const name of Object.keys(options)) {
    if (!OPTIONS.includes(name)) {
      throw new InvalidArgument(
        message(
          `init() has no option \`${name}\``,
          `its options are ${Object.keys(DEFAULTS)
            .map((one) => `\`${one}\``)
            .join(", ")}`,
        ),
      )
    }
  }
  const settings = settingsFrom(options)
  check(settings)
  const before = state().delivery
  state().settings = settings
  if (!settings.enabled) {
    state().delivery = undefined
    return Promise.resolve()
  }
  warnAboutKey(settings)
  const spool = settings.spoolDirectory ? new Spool(settings.spoolDirectory, settings.maxSpoolBytes) : undefined
  const delivery = new Delivery(settings, spool)
  state().delivery = delivery
  if (before) void before.flush(settings.shutdownTimeoutSeconds * 1_000)
  guarded("spool", () => spool && delivery.restore(spool.take()))
  guarded("end of the process", () =>
    deliverBeforeEnd(
      () => state().delivery as Delivery | undefined,
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
    await state().delivery?.flush(options.timeout ?? 5_000)
  } catch {
    // Told by the delivery.
  }
}

/** Deliver what was recorded, end calls still under way, and record nothing more until the next `init()`. Never rejects. */
export async function shutdown(options: { timeout?: number } = {}): Promise<void> {
  const { delivery, settings } = state()
  guarded("calls under way", endCallsUnderWay)
  state().delivery = undefined
  try {
    await delivery?.shutdown(options.timeout ?? (settings ?? DEFAULTS).shutdownTimeoutSeconds * 1_000)
  } catch {
    // Told by the delivery.
  }
}

const wants = (which: Settings["instrument"], name: string): boolean =>
  which === true || (which !== false && which.includes(name))

function check(settings: Settings): void {
  if (!URL.canParse(settings.url) || !/^https?:/.test(settings.url)) {
    throw new InvalidArgument(
      message(`the server's address is \`${settings.url}\``, "give one such as `http://127.0.0.1:4318`"),
    )
  }
  if (!(settings.sampleRate >= 0 && settings.sampleRate <= 1)) {
    throw new InvalidArgument(message(`sampleRate is \`${settings.sampleRate}\``, "give a share between 0 and 1"))
  }
  if (settings.hashUsers && !settings.userHashKey) {
    throw new InvalidArgument(
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
