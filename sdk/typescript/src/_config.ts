/**
 * Settings, and the only global state of the package.
 *
 * The state hangs on a registered symbol: an application that loads us as an ES module and as CommonJS has two copies of
 * our code and must still have one delivery. Everything else imports this file, so it knows the others by interfaces only.
 */

import { environment, type Environment } from "#platform"

/** Decides what may leave the process: gets a text and where it stands, gives the text to send instead. */
export type Redact = (text: string, where: string) => string

/** What `init` takes: the same options as in the Python SDK. Everything has a default. */
export interface InitOptions extends OlderOptions {
  /** Where Baserun listens; default `BASERUN_URL`, then `BASERUN_API_URL`, then `http://127.0.0.1:4318`. */
  url?: string | undefined
  /** Key of the project; default `BASERUN_API_KEY`. None is needed on a loopback address. */
  apiKey?: string | undefined
  /** Name of the application; default `OTEL_SERVICE_NAME`, else the program's name. */
  serviceName?: string | undefined
  /** For example `production`; default `BASERUN_ENVIRONMENT`, then `ENVIRONMENT`. */
  environment?: string | undefined
  /** Release of the application; default `BASERUN_RELEASE`. */
  release?: string | undefined
  /** Further attributes of the whole process, in the words of OpenTelemetry. */
  resource?: Readonly<Record<string, unknown>> | undefined
  /** Whether anything is recorded at all; default true, `BASERUN_DISABLED=true` turns it off. */
  enabled?: boolean | undefined
  /** Which clients are recorded: `true` all (default), `false` none, or names such as `"openai"`; `"fetch"` is whoever uses that. */
  instrument?: boolean | readonly string[] | undefined
  /** Whether messages, arguments and results are sent; default true, `BASERUN_CAPTURE_CONTENT=false` turns it off. */
  captureContent?: boolean | undefined
  /** Patterns to replace by `[redacted]`, or a function of ours to call for every text. */
  redact?: Redact | readonly RegExp[] | undefined
  /** Part of the sessions (or users, or traces) that is kept, 0 … 1; default 1. A session is kept or dropped whole. */
  sampleRate?: number | undefined
  /** Replace every user by a keyed hash before it leaves the process (`BASERUN_HASH_USERS=true`); needs a key. */
  hashUsers?: boolean | undefined
  /** Key of the hash; default `BASERUN_USER_HASH_KEY`. */
  userHashKey?: string | undefined
  /** Bytes of one content attribute at most; longer content is cut. Default 1,000,000. */
  maxContentBytes?: number | undefined
  /** Records that may wait; default 20,000. */
  maxQueueRecords?: number | undefined
  /** Bytes that may wait, about; default 64,000,000. */
  maxQueueBytes?: number | undefined
  /** Folder that keeps what could not be delivered before the process ended; default `BASERUN_SPOOL_DIRECTORY`, else none. */
  spoolDirectory?: string | undefined
  /** Bytes that the folder may hold; beyond them the oldest goes. Default 256,000,000. */
  maxSpoolBytes?: number | undefined
  /** How long records gather before they are sent; default 0.25. */
  flushIntervalSeconds?: number | undefined
  /** How long one request may take; default 10. */
  requestTimeoutSeconds?: number | undefined
  /** How long the end of the process may wait for the last delivery; default 2. */
  shutdownTimeoutSeconds?: number | undefined
  /** Print no warnings. */
  quiet?: boolean | undefined
  /** Throw our own faults instead of telling them (`BASERUN_RAISE_FAULTS=true`); for tests. */
  raiseFaults?: boolean | undefined
}

/** Options by the names and units that they had; they still work, and give way to the new ones. */
export interface OlderOptions {
  /** @deprecated `maxContentBytes` */
  maxContentLength?: number | undefined
  /** @deprecated `maxQueueRecords` */
  maxQueueItems?: number | undefined
  /** @deprecated `flushIntervalSeconds`; this one is in milliseconds. */
  flushInterval?: number | undefined
  /** @deprecated `requestTimeoutSeconds`; this one is in milliseconds. */
  timeout?: number | undefined
  /** @deprecated `shutdownTimeoutSeconds`; this one is in milliseconds. */
  shutdownTimeout?: number | undefined
}

/** The settings of the process, complete. */
export interface Settings {
  readonly url: string
  readonly apiKey: string | undefined
  readonly serviceName: string
  readonly environment: string | undefined
  readonly release: string | undefined
  readonly resource: Readonly<Record<string, unknown>>
  readonly enabled: boolean
  readonly instrument: boolean | readonly string[]
  readonly captureContent: boolean
  readonly redact: Redact | undefined
  readonly sampleRate: number
  readonly hashUsers: boolean
  readonly userHashKey: string | undefined
  readonly maxContentBytes: number
  readonly maxQueueRecords: number
  readonly maxQueueBytes: number
  readonly spoolDirectory: string | undefined
  readonly maxSpoolBytes: number
  readonly flushIntervalSeconds: number
  readonly requestTimeoutSeconds: number
  readonly shutdownTimeoutSeconds: number
  readonly quiet: boolean
  readonly raiseFaults: boolean
}

/** The options and their defaults: the same as in the Python SDK (`tests/repository/test_options.py`). */
export const DEFAULTS = {
  url: "http://127.0.0.1:4318",
  apiKey: undefined,
  serviceName: undefined,
  environment: undefined,
  release: undefined,
  resource: {},
  enabled: true,
  instrument: true,
  captureContent: true,
  redact: undefined,
  sampleRate: 1,
  hashUsers: false,
  userHashKey: undefined,
  maxContentBytes: 1_000_000,
  maxQueueRecords: 20_000,
  maxQueueBytes: 64_000_000,
  spoolDirectory: undefined,
  maxSpoolBytes: 256_000_000,
  flushIntervalSeconds: 0.25,
  requestTimeoutSeconds: 10,
  shutdownTimeoutSeconds: 2,
  quiet: false,
  raiseFaults: false,
} as const satisfies { [Name in keyof Settings]: InitOptions[Name] }

/** What became of the older options: the name, and how many of the older unit make one of the new. */
export const OLDER_NAMES = {
  maxContentLength: ["maxContentBytes", 1],
  maxQueueItems: ["maxQueueRecords", 1],
  flushInterval: ["flushIntervalSeconds", 1_000],
  timeout: ["requestTimeoutSeconds", 1_000],
  shutdownTimeout: ["shutdownTimeoutSeconds", 1_000],
} as const satisfies { [Name in keyof OlderOptions]-?: readonly [keyof Settings, number] }

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
export function settingsFrom(given: InitOptions, env: Environment = environment): Settings {
  const options = withNewNames(given)
  const url = options.url ?? (env["BASERUN_URL"] || env["BASERUN_API_URL"]) ?? ""
  const chosen = {
    url: (url || DEFAULTS.url).replace(/\/+$/, ""),
    apiKey: (options.apiKey ?? env["BASERUN_API_KEY"]) || undefined,
    serviceName: (options.serviceName ?? env["OTEL_SERVICE_NAME"]) || env["program"] || "node",
    environment: (options.environment ?? env["BASERUN_ENVIRONMENT"] ?? env["ENVIRONMENT"]) || undefined,
    release: (options.release ?? env["BASERUN_RELEASE"]) || undefined,
    enabled: options.enabled ?? !isOn(env["BASERUN_DISABLED"]),
    captureContent: options.captureContent ?? !isOff(env["BASERUN_CAPTURE_CONTENT"]),
    redact: redaction(options.redact),
    hashUsers: options.hashUsers ?? isOn(env["BASERUN_HASH_USERS"]),
    userHashKey: (options.userHashKey ?? env["BASERUN_USER_HASH_KEY"]) || undefined,
    spoolDirectory: (options.spoolDirectory ?? env["BASERUN_SPOOL_DIRECTORY"]) || undefined,
    raiseFaults: options.raiseFaults ?? isOn(env["BASERUN_RAISE_FAULTS"]),
  }
  return Object.freeze({ ...DEFAULTS, ...options, ...chosen })
}

/** The options that were given, by their names of today. */
function withNewNames(given: InitOptions): Omit<InitOptions, keyof OlderOptions> {
  const options: Record<string, unknown> = {}
  const older = Object.entries(OLDER_NAMES)
  for (const [name, [newName, units]] of older) {
    const value = given[name as keyof OlderOptions]
    if (value !== undefined) options[newName] = value / units
  }
  for (const [name, value] of Object.entries(given)) {
    if (value !== undefined && !(name in OLDER_NAMES)) options[name] = value
  }
  return options
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
