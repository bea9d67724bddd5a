/** What something is said about: the running trace and session, or what the application names. */

import { current, currentTrace } from "../context/_scope.js"
import { newTraceId } from "../context/_ids.js"
import { snapshot } from "./_content.js"
import { LogRecord } from "./_span.js"

/** What a judgement is about, where it is not the running trace. */
export interface Target {
  /** The provider's id of an answer (`completion.id`). */
  completionId?: string | undefined
  traceId?: string | undefined
  spanId?: string | undefined
  sessionId?: string | undefined
  user?: string | undefined
}

/** Record something about a target. */
export function recordAbout(
  eventName: string,
  attributes: Record<string, unknown>,
  target: Target,
  body?: unknown,
): void {
  const named: Record<string, unknown> = { "gen_ai.response.id": target.completionId }
  if (target.sessionId !== undefined) named["session.id"] = target.sessionId
  if (target.user !== undefined) named["user.id"] = target.user
  const above = target.traceId ? { traceId: target.traceId, spanId: target.spanId ?? "" } : currentTrace()
  // Something logged in no trace is a trace of its own: it has to stand somewhere.
  const where = above ?? (eventName === "baserun.log" ? { traceId: newTraceId(), spanId: "" } : undefined)
  new LogRecord(eventName, { ...attributes, ...named }, body, current(), where).send()
}

/** A value as it is now; nothing where there is none. */
export const kept = (value: unknown): unknown => (value === undefined ? undefined : snapshot(value))
