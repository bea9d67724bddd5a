/** What the package needs of the place in which it runs; `node.ts` and `edge.ts` give it. */

/** Environment variables; `program` is the name of the running program. */
export type Environment = Readonly<Record<string, string | undefined>>

/** The part of AsyncLocalStorage that we use. */
export interface Storage<T> {
  getStore(): T | undefined
  run<R>(store: T, run: () => R): R
  enterWith(store: T): void
}
