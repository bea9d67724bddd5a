/** What the package needs of the place in which it runs; `node.ts` and `edge.ts` give it. */

/** Environment variables; `program` is the name of the running program. */
export type Environment = Readonly<Record<string, string | undefined>>

/** The part of AsyncLocalStorage that we use. What it carries is `Scope`, which the ground knows nothing of. */
export interface Storage {
  getStore(): object | undefined
  run<R>(store: object, run: () => R): R
  enterWith(store: object): void
}
