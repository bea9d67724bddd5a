/** Baserun: users, sessions and every LLM call of an application. The public names, and nothing else. */

import { check, annotate, feedback, log, submitInputVariable, tag } from "./recording/_feedback.js"
import { evals } from "./older/_evals.js"
import { hashIdentifier, identify } from "./context/_identity.js"
import { flush, init, shutdown } from "./_init.js"
import { notOffered } from "./older/_not_offered.js"
import { continueFrom, headers } from "./context/_propagation.js"
import { currentSession, endSession, session, startSession } from "./recording/_session.js"
import { currentTraceId, startTrace, trace } from "./recording/_trace.js"
import { recordedFetch } from "./instrumentation/libraries/fetch.js"
import { wrap } from "./instrumentation/_wrap.js"

/** Everything in one object, as the examples use it. Each member can be imported by its own name too. */
export const baserun = {
  init,
  session,
  startSession,
  endSession,
  currentSession,
  trace,
  startTrace,
  currentTraceId,
  log,
  annotate,
  feedback,
  check,
  tag,
  submitInputVariable,
  evals,
  identify,
  /** The older name of `identify`, without traits. */
  submitUser: async (user: string): Promise<void> => identify(user),
  hashIdentifier,
  headers,
  continueFrom,
  wrap,
  /** A `fetch` whose calls of models are recorded, for clients that take one. */
  fetch: recordedFetch,
  flush,
  shutdown,
  getTemplates: notOffered("getTemplates"),
  getTemplate: notOffered("getTemplate"),
  formatPrompt: notOffered("formatPrompt"),
  formatPromptFromTemplate: notOffered("formatPromptFromTemplate"),
  formatPromptFromTemplateName: notOffered("formatPromptFromTemplateName"),
  registerTemplate: notOffered("registerTemplate"),
} as const

export {
  annotate,
  check,
  continueFrom,
  currentSession,
  currentTraceId,
  endSession,
  evals,
  feedback,
  flush,
  hashIdentifier,
  headers,
  identify,
  init,
  log,
  recordedFetch,
  session,
  shutdown,
  startSession,
  startTrace,
  submitInputVariable,
  tag,
  trace,
  wrap,
}
export { BaserunError, Misuse, NotOffered } from "./errors.js"
export { VERSION } from "./_version.js"
export type { InitOptions, Redact } from "./_config.js"
export type { Annotation, CheckOptions, Feedback, InputVariable, Target } from "./recording/_feedback.js"
export type { Traits } from "./context/_identity.js"
export type { IncomingHeaders } from "./context/_propagation.js"
export type { OpenSession, Session, SessionCall, SessionOptions, SessionResult } from "./recording/_session.js"
export type { Kind, Trace, TraceOptions } from "./recording/_trace.js"
