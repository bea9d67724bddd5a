/** `trace(fn)`: each call of a function is a trace, or a step of the trace that it is called in. */

import { state } from "../_config.js"
import { type Scope, within } from "../context/_scope.js"
import { guarded } from "../_guard.js"
import { watchIterable, watchIterator, watchResponse, watchStream, type Watcher } from "./_streams.js"
import { snapshot } from "./_content.js"
import { begin, type Begun, type Trace, type TraceOptions } from "./_trace.js"

/**
 * Record each call of a function as a trace, or as a step of the trace that it is called in.
 *
 * Gives a function of the same type: a plain function stays plain, a promise is awaited, and of a stream, an async
 * iterator or a `Response` the trace lasts until it was read. What the function throws goes on.
 */
export function trace<F extends (...given: never[]) => unknown>(run: F, options: TraceOptions | string = {}): F {
  const chosen = typeof options === "string" ? { name: options } : options
  const name = chosen.name || run.name || "baserun trace"
  const traced = function (this: unknown, ...given: never[]): unknown {
    if (!state().delivery) return run.apply(this, given)
    const begun = guarded("trace", () => begin(name, chosen, chosen.capture === false ? undefined : given))
    if (!begun) return run.apply(this, given)
    return within(begun.scope, () => follow(begun, () => run.apply(this, given), chosen.capture !== false))
  }
  Object.defineProperty(traced, "name", { value: run.name, configurable: true })
  return traced as F
}

/** Call the function and end the trace when what it gives has come to its end. */
function follow({ trace: one, scope }: Begun, call: () => unknown, capture: boolean): unknown {
  let result: unknown
  try {
    result = call()
  } catch (error) {
    one.end(error)
    throw error
  }
  const settle = (value: unknown): unknown => guarded("result of a trace", () => settled(value)) ?? value
  const failed = (error: unknown): never => {
    one.end(error)
    throw error
  }
  return result instanceof Promise ? followPromise(result) : settle(result)

  function settled(value: unknown): unknown {
    const stream = streamOf(value, watcherOf(one, capture), scope)
    if (stream !== undefined) return stream
    if (capture && one.result === undefined && value !== undefined) one.result = value
    one.end()
    return value
  }

  function followPromise(promise: Promise<unknown>): unknown {
    // A promise of a client's own class has methods that a plain one lacks, so it has to stay the very object.
    if (promise.constructor === Promise) return promise.then(settle, failed)
    let isParsed = false
    for (const name of ["parse", "asResponse"]) {
      const own = (promise as unknown as Record<string, unknown>)[name]
      if (typeof own !== "function") continue
      const value = (...given: unknown[]): unknown => {
        isParsed ||= name === "parse"
        const result = own.apply(promise, given) as Promise<unknown>
        // Where both are asked for, the parsed answer is the result.
        return isParsed && name === "asResponse" ? result : result.then(settle, failed)
      }
      Object.defineProperty(promise, name, { value, configurable: true, writable: true })
    }
    if (!("parse" in promise)) {
      const value = (ok?: (value: unknown) => unknown, no?: (error: unknown) => unknown): unknown =>
        Promise.prototype.then.call(promise, settle, failed).then(ok, no)
      Object.defineProperty(promise, "then", { value, configurable: true, writable: true })
    }
    return promise
  }
}

/** What is read bit by bit, with our watcher on it; `undefined` where the value is nothing of the kind. */
function streamOf(value: unknown, watcher: Watcher, scope: Scope): unknown {
  if (value === null || typeof value !== "object") return undefined
  if (typeof Response !== "undefined" && value instanceof Response) {
    if (!value.body || value.bodyUsed) return undefined
    watchResponse(value, watcher)
    return value
  }
  if (typeof ReadableStream !== "undefined" && value instanceof ReadableStream) {
    watchStream(value, watcher)
    return value
  }
  if (!(Symbol.asyncIterator in value)) return undefined
  if (isAsyncGenerator(value)) {
    watchGenerator(value, watcher, scope)
    return value
  }
  // A client's stream: `tee` and the readable form read it through `iterator`.
  const key = typeof (value as { iterator?: unknown }).iterator === "function" ? "iterator" : Symbol.asyncIterator
  watchIterable(value as AsyncIterable<unknown>, watcher, key)
  return value
}

/** The body of a generator runs when it is asked for the next value: inside the trace, whoever asks. */
function watchGenerator(generator: AsyncGenerator<unknown>, watcher: Watcher, scope: Scope): void {
  const own: AsyncIterator<unknown> = {
    next: generator.next.bind(generator),
    return: generator.return.bind(generator),
    throw: generator.throw.bind(generator),
  }
  const steps = watchIterator(own, watcher, (step) => within(scope, step))
  for (const name of ["next", "return", "throw"] as const) {
    Object.defineProperty(generator, name, { value: steps[name], configurable: true, writable: true })
  }
}

function watcherOf(one: Trace, capture: boolean): Watcher {
  const texts: string[] = []
  const values: unknown[] = []
  const finish = (error?: unknown): void => {
    const gathered: unknown =
      texts.length > 0 && values.length === 0 ? texts.join("") : values.length > 0 ? values : undefined
    if (capture && one.result === undefined && gathered !== undefined) one.result = gathered
    one.end(error)
  }
  return {
    chunk(value) {
      if (texts.length + values.length >= 1_000) return
      if (typeof value === "string") texts.push(value)
      else if (!ArrayBuffer.isView(value)) values.push(guarded("value of a trace", () => snapshot(value)))
    },
    ended: () => finish(),
    failed: (error) => finish(error),
  }
}

function isAsyncGenerator(value: object): value is AsyncGenerator<unknown> {
  return Object.prototype.toString.call(value) === "[object AsyncGenerator]"
}
