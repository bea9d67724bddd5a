/**
 * Watching a body while somebody else reads it.
 *
 * Nothing is copied, teed or read ahead: the very object that the application gets stays the object that `fetch` made.
 * Between it and its class we put one prototype of ours, whose methods call those of the class and look at what comes
 * by. `instanceof`, brand checks and every method that we do not know work as before.
 */

import { notes } from "./_attached.js"

/** Is told what happens to a body. Exactly one of `ended` and `failed` is called, at most once. */
export interface Watcher {
  chunk(value: unknown): void
  /** `complete`: read to its end; `closed`: left before. */
  ended(how: "complete" | "closed"): void
  failed(error: unknown): void
}

const watchers = notes<Watcher>()
const watchedPrototypes = new WeakMap<object, object>()

/** Watch the body of a response. */
export function watchResponse(response: Response, watcher: Watcher): void {
  if (joins(response, watcher)) return
  Object.setPrototypeOf(response, watched(Object.getPrototypeOf(response) as object, responseMethods))
}

/** Watch a stream of the web's kind. */
export function watchStream(stream: ReadableStream, watcher: Watcher): void {
  if (joins(stream, watcher)) return
  Object.setPrototypeOf(stream, watched(Object.getPrototypeOf(stream) as object, streamMethods))
}

/** Note who watches; true where somebody did before, so that the methods are in place. */
function joins(watched: object, watcher: Watcher): boolean {
  const before = watchers.get(watched)
  watchers.set(watched, before && before !== watcher ? both(before, watcher) : watcher)
  return before !== undefined
}

const both = (first: Watcher, second: Watcher): Watcher => ({
  chunk: (value) => (first.chunk(value), second.chunk(value)),
  ended: (how) => (first.ended(how), second.ended(how)),
  failed: (error) => (first.failed(error), second.failed(error)),
})

/** Watch anything that is iterated asynchronously: it stays itself, its iterators are looked at. */
export function watchIterable(
  iterable: AsyncIterable<unknown>,
  watcher: Watcher,
  key: PropertyKey = Symbol.asyncIterator,
): void {
  const own = (iterable as unknown as Record<PropertyKey, unknown>)[key] as (
    ...given: unknown[]
  ) => AsyncIterator<unknown>
  Object.defineProperty(iterable, key, {
    value(this: unknown, ...given: unknown[]) {
      return watchIterator(own.apply(this, given), watcher)
    },
    configurable: true,
    writable: true,
    enumerable: false,
  })
}

/** An iterator that passes everything on and tells what it sees. */
export function watchIterator(
  iterator: AsyncIterator<unknown>,
  watcher: Watcher,
  run: <T>(step: () => T) => T = (step) => step(),
): AsyncIterableIterator<unknown> {
  const told = (result: IteratorResult<unknown>): IteratorResult<unknown> => {
    if (result.done) watcher.ended("complete")
    else watcher.chunk(result.value)
    return result
  }
  const failed = (error: unknown): never => {
    watcher.failed(error)
    throw error
  }
  const made: AsyncIterableIterator<unknown> = {
    next: (...given: [] | [unknown]) => run(() => Promise.resolve(iterator.next(...given)).then(told, failed)),
    return: (value?: unknown) => {
      watcher.ended("closed")
      return run(() => iterator.return?.(value)) ?? Promise.resolve({ done: true, value })
    },
    throw: (error?: unknown) => {
      if (!iterator.throw) return Promise.reject(error)
      return run(() => iterator.throw!(error).then(told, failed))
    },
    [Symbol.asyncIterator]: () => made,
  }
  return made
}

/** One prototype of ours for each prototype that is met, made at the first meeting. */
function watched(prototype: object, methods: (base: Methods) => object): object {
  let made = watchedPrototypes.get(prototype)
  if (made) return made
  const descriptors = Object.getOwnPropertyDescriptors(methods(prototype as Methods))
  // What the class does not have (`bytes` before Node 22) must not appear; nothing of ours is enumerable.
  for (const key of Reflect.ownKeys(descriptors)) {
    if (key in prototype) (descriptors as Record<PropertyKey, PropertyDescriptor>)[key]!.enumerable = false
    else delete (descriptors as Record<PropertyKey, PropertyDescriptor>)[key]
  }
  made = Object.create(prototype, descriptors) as object
  watchedPrototypes.set(prototype, made)
  return made
}

type Methods = Record<PropertyKey, (...given: unknown[]) => unknown>

const whole = (base: Methods, name: string) =>
  async function (this: object, ...given: unknown[]): Promise<unknown> {
    const watcher = watchers.get(this)!
    try {
      const value = await base[name]!.apply(this, given)
      watcher.chunk(value)
      watcher.ended("complete")
      return value
    } catch (error) {
      watcher.failed(error)
      throw error
    }
  }

const responseMethods = (base: Methods) => ({
  /** The text is kept and parsed twice: an object would be the application's to change. */
  json(this: object): Promise<unknown> {
    const watcher = watchers.get(this)!
    return (base["text"]!.call(this) as Promise<string>).then(
      (text) => {
        watcher.chunk(text)
        watcher.ended("complete")
        return JSON.parse(text) as unknown
      },
      (error: unknown) => {
        watcher.failed(error)
        throw error
      },
    )
  },
  text: whole(base, "text"),
  arrayBuffer: whole(base, "arrayBuffer"),
  bytes: whole(base, "bytes"),
  blob: async function (this: object): Promise<unknown> {
    const watcher = watchers.get(this)!
    const value = await base["blob"]!.call(this)
    watcher.ended("complete")
    return value
  },
  clone(this: object): unknown {
    const copy = base["clone"]!.call(this) as Response
    watchResponse(copy, watchers.get(this)!)
    return copy
  },
  get body(): unknown {
    const body = Reflect.get(base, "body", this) as unknown
    const watcher = watchers.get(this)
    if (watcher && body !== null && typeof body === "object" && !watchers.get(body)) {
      if (typeof (body as { getReader?: unknown }).getReader === "function")
        watchStream(body as ReadableStream, watcher)
      else if (Symbol.asyncIterator in body) {
        // node-fetch of old gives a stream of Node's kind.
        watchers.set(body, watcher)
        watchIterable(body as AsyncIterable<unknown>, watcher)
      }
    }
    return body
  },
})

const streamMethods = (base: Methods) => ({
  getReader(this: object, ...given: unknown[]): unknown {
    const reader = base["getReader"]!.apply(this, given) as object
    watchers.set(reader, watchers.get(this)!)
    Object.setPrototypeOf(reader, watched(Object.getPrototypeOf(reader) as object, readerMethods))
    return reader
  },
  cancel(this: object, reason: unknown): unknown {
    watchers.get(this)!.ended("closed")
    return base["cancel"]!.call(this, reason)
  },
  values(this: object, options?: { preventCancel?: boolean }): unknown {
    return iterate(base["getReader"]!.call(this) as Reader, watchers.get(this)!, options?.preventCancel ?? false)
  },
  [Symbol.asyncIterator](this: object, options?: { preventCancel?: boolean }): unknown {
    return iterate(base["getReader"]!.call(this) as Reader, watchers.get(this)!, options?.preventCancel ?? false)
  },
  // These read through the stream's inside, past our reader: they get a stream that we have looked through.
  tee(this: ReadableStream): unknown {
    return looked(base, this).tee()
  },
  pipeTo(this: ReadableStream, ...given: Parameters<ReadableStream["pipeTo"]>): unknown {
    return looked(base, this).pipeTo(...given)
  },
  pipeThrough(this: ReadableStream, ...given: unknown[]): unknown {
    return (looked(base, this).pipeThrough as (...given: unknown[]) => unknown)(...given)
  },
})

function looked(base: Methods, stream: ReadableStream): ReadableStream {
  const watcher = watchers.get(stream)!
  const look = new TransformStream<unknown, unknown>({
    transform(chunk, controller) {
      watcher.chunk(chunk)
      controller.enqueue(chunk)
    },
    flush: () => watcher.ended("complete"),
    // Not in every platform's TransformStream yet; where it is missing the end of the process ends the call.
    ...{ cancel: () => watcher.ended("closed") },
  })
  return base["pipeThrough"]!.call(stream, look) as ReadableStream
}

type Reader = ReadableStreamDefaultReader<unknown>

/** The iterator that the platform would make, without its inner queue of promises; it tells what it reads. */
function iterate(reader: Reader, watcher: Watcher, preventCancel: boolean): AsyncIterableIterator<unknown> {
  let finished = false
  const release = (): void => {
    finished = true
    reader.releaseLock()
  }
  const told = (result: { done: boolean; value?: unknown }): IteratorResult<unknown> => {
    if (result.done) {
      release()
      watcher.ended("complete")
    } else watcher.chunk(result.value)
    return result as IteratorResult<unknown>
  }
  const failed = (error: unknown): never => {
    release()
    watcher.failed(error)
    throw error
  }
  const made = {
    next: (): Promise<IteratorResult<unknown>> =>
      finished ? Promise.resolve({ done: true, value: undefined }) : reader.read().then(told, failed),
    return: async (value?: unknown): Promise<IteratorResult<unknown>> => {
      if (!finished) {
        watcher.ended("closed")
        const cancelled = preventCancel ? undefined : reader.cancel(value)
        release()
        await cancelled
      }
      return { done: true, value }
    },
    [Symbol.asyncIterator]: () => made,
  }
  return made as AsyncIterableIterator<unknown>
}

const readerMethods = (base: Methods) => ({
  read(this: object, ...given: unknown[]): unknown {
    const watcher = watchers.get(this)!
    return (base["read"]!.apply(this, given) as Promise<{ done: boolean; value: unknown }>).then(
      (result) => {
        if (result.done) watcher.ended("complete")
        else watcher.chunk(result.value)
        return result
      },
      (error: unknown) => {
        watcher.failed(error)
        throw error
      },
    )
  },
  cancel(this: object, reason: unknown): unknown {
    watchers.get(this)!.ended("closed")
    return base["cancel"]!.call(this, reason)
  },
  releaseLock(this: object): unknown {
    // Left without a `cancel`, as some clients do; whoever takes the stream up again is not heard, and that is rare.
    watchers.get(this)!.ended("closed")
    return base["releaseLock"]!.call(this)
  },
})
