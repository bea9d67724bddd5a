/**
 * Settings, and the only global state of the package.
 *
 * The state hangs on a registered symbol: an application that loads us as an ES module and as CommonJS has two copies of
 * our code and must still have one delivery. Everything else imports this file, so it knows the others by interfaces only.
 */

import { environment, type Environment } from "#platform"

/** Decides what may leave the process: gets a text and where it stands, gives the text to send instead. */
export type Redact = (text: string, where: string) => string

/** What `init` takes. Everything has a default. */
export interface InitOptions {
  /** Key of the project; default `BASERUN_API_KEY`. None is needed on a loopback address. */
  apiKey?: string | undefined
  /** Where Baserun listens; default `BASERUN_URL`, then `BASERUN_API_URL`, then `http://127.0.0.1:4318`. */
  url?: string | undefined
  /** Milliseconds that one delivery may take; default 10,000. */
  timeout?: number | undefined
  /** Which clients are recorded: `true` all (default), `false` none, or names such as `"openai"`; `"fetch"` is whoever uses that. */
  instrument?: boolean | readonly string[] | undefined
  /** Name of the application; default `OTEL_SERVICE_NAME`, else the program's name. */
  serviceName?: string | undefined
  /** Release of the application; default `BASERUN_RELEASE`. */
  release?: string | undefined
  /** For example `production`; default `BASERUN_ENVIRONMENT`, then `ENVIRONMENT`. */
  environment?: string | undefined
  /** Whether messages, arguments and results are sent; default true, `BASERUN_CAPTURE_CONTENT=false` turns it off. */
  captureContent?: boolean | undefined
  /** Patterns to replace by `[redacted]`, or a function of ours to call for every text. */
  redact?: Redact | readonly RegExp[] | undefined
  /** Characters of one content attribute at most; default 1,000,000. */
  maxContentLength?: number | undefined
  /** Part of the sessions (or users, or traces) that is kept, 0 … 1; default 1. A session is kept or dropped whole. */
  sampleRate?: number | undefined
  /** Replace every user by a keyed hash before it leaves the process; needs `BASERUN_USER_HASH_KEY` or `userHashKey`. */
  hashUsers?: boolean | undefined
  /** Key of the hash; default `BASERUN_USER_HASH_KEY`. */
  userHashKey?: string | undefined
  /** Milliseconds between two deliveries; default 1,000. */
  flushInterval?: number | undefined
  /** Records that may wait; default 20,000. */
  maxQueueItems?: number | undefined
  /** Bytes that may wait, about; default 67,108,864. */
  maxQueueBytes?: number | undefined
  /** Folder that keeps what could not be delivered before the process ended; default `BASERUN_SPOOL_DIRECTORY`, else none. */
  spoolDirectory?: string | undefined
  /** Milliseconds that the end of the process may wait for the last delivery; default 2,000. */
  shutdownTimeout?: number | undefined
  /** Whether anything is recorded at all; default true, `BASERUN_DISABLED=true` turns it off. */
  enabled?: boolean | undefined
  /** Print no warnings. */
  quiet?: boolean | undefined
  /** Throw our own faults instead of telling them; for our tests. */
  raiseFaults?: boolean | undefined
}

/** The settings of the process, complete. */
export interface Settings {
  readonly apiKey: string | undefined
  readonly url: string
  readonly timeoutMs: number
  readonly instrument: boolean | readonly string[]
  readonly serviceName: string
  readonly release: string | undefined
  readonly environment: string | undefined
  readonly captureContent: boolean
  readonly redact: Redact | undefined
  readonly maxContentLength: number
  readonly sampleRate: number
  readonly hashUsers: boolean
  readonly userHashKey: string | undefined
  readonly flushIntervalMs: number
  readonly maxQueueItems: number
  readonly maxQueueBytes: number
  readonly spoolDirectory: string | undefined
  readonly shutdownTimeoutMs: number
  readonly enabled: boolean
  readonly quiet: boolean
  readonly raiseFaults: boolean
}

/** Which span of which trace. */
export interface SpanIds {
  readonly traceId: string
  readonly spanId: string
}

/** Where a record goes: to the traces, or to the logs. */
export type Signal = "spans" | "logs"

/** A record as JSON text. `content`, which ends the list of attributes, may be replaced by a mark that it was let go. */
export interface Written {
  start: string
  content: string
  end: string
}

/** What can be recorded: a span, a log record, or a span of OpenTelemetry. */
export interface Recordable {
  readonly signal: Signal
  /** Memory that it holds, about. */
  readonly sizeBytes: number
  /** Called when it is sent, not when it is recorded. */
  write(settings: Settings): Written
}

/** What takes records and sends them: `Delivery` of `delivery/_delivery.ts`. */
export interface Deliverer {
  /** Take a record. Never waits, never throws. */
  record(record: Recordable): void
  /** Deliver what waits now; gives whether it has arrived in time. */
  flush(timeoutMs: number): Promise<boolean>
  /** Deliver what can be delivered in time, and accept nothing more. */
  shutdown(timeoutMs: number): Promise<void>
}

/** Requests that are recorded already, further up; shared by the copies of this package, see `instrumentation/_attempts.ts`. */
export interface Attempts {
  isSending: boolean
  /** Of the attempts that have no answer yet. To note it on the signals themselves would cost several times more. */
  readonly signals: Set<unknown>
}

interface State {
  settings: Settings | undefined
  delivery: Deliverer | undefined
  /** The span of the application's own OpenTelemetry in which the code runs, once it was joined. */
  foreignSpan: (() => SpanIds | undefined) | undefined
  /** Classes of clients that have our methods; two copies of us must not record a call twice. */
  recorded: WeakSet<object>
  attempts?: Attempts | undefined
}

const KEY = Symbol.for("baserun.state.3")
const holder = globalThis as { [KEY]?: State }

/** The state of the process. */
export function state(): State {
  return (holder[KEY] ??= { settings: undefined, delivery: undefined, foreignSpan: undefined, recorded: new WeakSet() })
}

/** Whether a class has our methods already; from the first call on it has. */
export function isRecorded(owner: object): boolean {
  const { recorded } = state()
  if (recorded.has(owner)) return true
  recorded.add(owner)
  return false
}

/** Settings from what `init` was given and the environment, in this order. */
export function settingsFrom(options: InitOptions, env: Environment = environment): Settings {
  const url = options.url ?? (env["BASERUN_URL"] || env["BASERUN_API_URL"]) ?? ""
  return Object.freeze({
    apiKey: (options.apiKey ?? env["BASERUN_API_KEY"]) || undefined,
    url: (url || "http://127.0.0.1:4318").replace(/\/+$/, ""),
    timeoutMs: options.timeout ?? 10_000,
    instrument: options.instrument ?? true,
    serviceName: (options.serviceName ?? env["OTEL_SERVICE_NAME"]) || env["program"] || "node",
    release: (options.release ?? env["BASERUN_RELEASE"]) || undefined,
    environment: (options.environment ?? env["BASERUN_ENVIRONMENT"] ?? env["ENVIRONMENT"]) || undefined,
    captureContent: options.captureContent ?? !isOff(env["BASERUN_CAPTURE_CONTENT"]),
    redact: redaction(options.redact),
    maxContentLength: options.maxContentLength ?? 1_000_000,
    sampleRate: options.sampleRate ?? 1,
    hashUsers: options.hashUsers ?? isOn(env["BASERUN_HASH_USERS"]),
    userHashKey: (options.userHashKey ?? env["BASERUN_USER_HASH_KEY"]) || undefined,
    flushIntervalMs: options.flushInterval ?? 1_000,
    maxQueueItems: options.maxQueueItems ?? 20_000,
    maxQueueBytes: options.maxQueueBytes ?? 64 * 1024 * 1024,
    spoolDirectory: (options.spoolDirectory ?? env["BASERUN_SPOOL_DIRECTORY"]) || undefined,
    shutdownTimeoutMs: options.shutdownTimeout ?? 2_000,
    enabled: options.enabled ?? !isOn(env["BASERUN_DISABLED"]),
    quiet: options.quiet ?? false,
    raiseFaults: options.raiseFaults ?? isOn(env["BASERUN_RAISE_FAULTS"]),
  })
}

/** Whether a server at this address needs no key. */
export function isLoopback(url: string): boolean {
  const host = URL.canParse(url) ? new URL(url).hostname : ""
  return host === "localhost" || host === "[::1]" || host.startsWith("127.")
}

function redaction(asked: InitOptions["redact"]): Redact | undefined {
  if (!asked || typeof asked === "function") return asked as Redact | undefined
  const patterns = asked.map((one) => new RegExp(one.source, one.flags.includes("g") ? one.flags : `${one.flags}g`))
  return (text) => patterns.reduce((kept, pattern) => kept.replace(pattern, "[redacted]"), text)
}

const isOn = (value: string | undefined): boolean => value !== undefined && /^(1|true|yes|on)$/i.test(value)
const isOff = (value: string | undefined): boolean => value !== undefined && /^(0|false|no|off)$/i.test(value)
