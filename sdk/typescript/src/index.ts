/** Baserun: users, sessions and every LLM call of an application. The public names, and nothing else. */

import { evals } from "./older/_evals.js"
import { hashIdentifier } from "./context/_identity.js"
import { flush, init, shutdown } from "./_init.js"
import { notOffered } from "./older/_not_offered.js"
import { continueFrom, headers } from "./context/_propagation.js"
import { currentSession, endSession, session, startSession } from "./recording/_session.js"
import { currentTraceId, startTrace } from "./recording/_trace.js"
import { trace } from "./recording/_traced.js"
import { annotate } from "./recording/_annotation.js"
import { check } from "./recording/_checks.js"
import { feedback } from "./recording/_feedback.js"
import { log, submitInputVariable, tag } from "./recording/_notes.js"
import { identify } from "./recording/_users.js"
import { submitUser } from "./older/_names.js"
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
  submitUser,
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
export { BaserunError, InvalidArgument, InvalidArgument as Misuse, NotOffered } from "./errors.js"
export { VERSION } from "./_version.js"
export type { InitOptions, Redact } from "./_config.js"
export type { Annotation } from "./recording/_annotation.js"
export type { CheckOptions } from "./recording/_checks.js"
export type { Feedback } from "./recording/_feedback.js"
export type { InputVariable } from "./recording/_notes.js"
export type { Target } from "./recording/_target.js"
export type { Traits } from "./recording/_users.js"
export type { IncomingHeaders } from "./context/_propagation.js"
export type { OpenSession, Session, SessionCall, SessionOptions, SessionResult } from "./recording/_session.js"
export type { Kind, Trace, TraceOptions } from "./recording/_trace.js"
