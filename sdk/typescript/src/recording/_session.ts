/** Sessions: what holds a user's interaction together, started, resumed and ended at any time and in any process. */

import { prefixed } from "./_otlp.js"
import { type Scope, current, currentUser, enter, within } from "../context/_scope.js"
import { InvalidArgument, message } from "../errors.js"
import { guarded } from "../_guard.js"
import { cleanId, cleanUser, originalOf } from "../context/_identity.js"
import { newUuid } from "../context/_ids.js"
import { LogRecord } from "./_span.js"

/** Who and which: both may be left out. */
export interface SessionOptions {
  /** Who the user is to the application, best a hash. */
  user?: string | null | undefined
  /** Id of an earlier session to go on with, or of a new one; made where it is left out. */
  sessionId?: string | null | undefined
  /** What the pages call it. */
  name?: string | undefined
  metadata?: Readonly<Record<string, unknown>> | undefined
}

/** What `session` gives: the result of the function, and the id to go on with later. */
export interface SessionResult<T> {
  data: T
  sessionId: string
}

/** The older form of the options: the function is one of them. */
export interface SessionCall<T> extends SessionOptions {
  session: (session: Session) => T
}

/** A session. `id` is known before anything is sent. */
export class Session {
  /** The user as sent: hashed, where `init({ hashUsers: true })` asked for it. */
  user: string | undefined
  private outcome: string | undefined
  private isEnded = false

  constructor(
    readonly id: string,
    user: string | undefined,
    readonly name: string | undefined = undefined,
    /** The id as it was given, where it was too long to be one. */
    readonly originalId: string | undefined = undefined,
  ) {
    this.user = user
  }

  /** The same as `id`. */
  get identifier(): string {
    return this.id
  }

  /**
   * Say that the session is over. Optional, and undone by later activity; a second call without news says nothing.
   *
   * `outcome` is free text; `completed`, `failed` and `abandoned` are understood by the pages.
   */
  end(options: { outcome?: string } | string = {}): void {
    const outcome = typeof options === "string" ? options : options.outcome
    if (this.isEnded && (outcome === undefined || outcome === this.outcome)) return
    this.isEnded = true
    this.outcome = outcome
    guarded("session.end", () => {
      const attributes = { "session.id": this.id, "user.id": this.user, "baserun.session.outcome": outcome }
      new LogRecord("session.end", attributes, undefined, { session: this }, undefined).send()
    })
  }
}

/** A session that holds for the rest of a block: `using session = baserun.startSession({ user })`. */
export class OpenSession extends Session {
  private leave: (() => void) | undefined

  /** Make the session hold from here on in the running code. */
  hold(around: Scope): this {
    this.leave = enter(scopeIn(this, around))
    return this
  }

  /** Go back to what held before. The session itself rests until it is resumed; it is not ended. */
  close(): void {
    this.leave?.()
    this.leave = undefined
  }

  [Symbol.dispose](): void {
    this.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close()
  }
}

/**
 * Run a function in a session: everything that it does belongs to that session and user.
 *
 * `session(fn, { user, sessionId })`, or the older `session({ session: fn, user, sessionId })`. Resolves to the
 * function's result and the session's id; what the function throws goes on. Inside another session, a user that is left
 * out is the surrounding one's.
 */
export function session<T>(run: (session: Session) => T, options?: SessionOptions): Promise<SessionResult<Awaited<T>>>
export function session<T>(call: SessionCall<T>): Promise<SessionResult<Awaited<T>>>
export async function session<T>(
  given: ((session: Session) => T) | SessionCall<T>,
  options?: SessionOptions,
): Promise<SessionResult<Awaited<T>>> {
  const run = typeof given === "function" ? given : given?.session
  if (typeof run !== "function") {
    throw new InvalidArgument(
      message(
        `session() got \`${typeof run}\` instead of a function`,
        "call it as `baserun.session(async () => { … }, { user, sessionId })`",
      ),
    )
  }
  const around = current()
  const opened = openSession((typeof given === "function" ? options : given) ?? {}, around)
  const data = await within(scopeIn(opened, around), () => run(opened))
  return { data, sessionId: opened.id }
}

/**
 * Start or resume a session for the rest of the block: `using session = baserun.startSession({ user })`.
 *
 * It holds for the running code until the block ends. Of several functions that are started side by side in one go, each
 * should rather use `session(fn, …)`: until its first `await` a function shares its scope with whoever called it.
 */
export function startSession(options: SessionOptions = {}): OpenSession {
  const around = current()
  // A surrounding session may be somebody else's here (see above), so its user is not taken over.
  return openSession(options, { ...around, session: undefined }, OpenSession).hold(around)
}

/** End a session by its id, where the object is not at hand. */
export function endSession(sessionId: string, options: { outcome?: string; user?: string } = {}): void {
  guarded("endSession", () => {
    const id = cleanId(sessionId, "session")
    if (id) new Session(id, cleanUser(options.user)).end(options)
  })
}

/** The session in which the running code works, where there is one. */
export function currentSession(): Session | undefined {
  return current().session as Session | undefined
}

function openSession<S extends Session = Session>(
  options: SessionOptions,
  around: Scope,
  Kind: new (...given: ConstructorParameters<typeof Session>) => S = Session as never,
): S {
  const user = cleanUser(options.user) ?? currentUser(around)
  const id = cleanId(options.sessionId, "session") ?? newUuid()
  const opened = new Kind(id, user, options.name, originalOf(options.sessionId))
  guarded("session.start", () => {
    const attributes = {
      "session.id": id,
      "user.id": user,
      "baserun.session.name": options.name,
      "baserun.id.original": opened.originalId,
      ...prefixed("baserun.metadata.", options.metadata),
    }
    new LogRecord("session.start", attributes, undefined, { session: opened }, undefined).send()
  })
  return opened
}

/** The scope inside a session. A trace that runs already takes the session on, if it has none yet. */
function scopeIn(opened: Session, around: Scope): Scope {
  const root = around.span?.root
  if (root && !root.session) root.session = opened
  return { ...around, session: opened, user: undefined }
}
