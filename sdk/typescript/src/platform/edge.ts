/**
 * Edge runtimes and workers: no files, no process, and nothing that runs after the answer was sent, except what the
 * application hands to `waitUntil`. Deliver with `waitUntil(baserun.flush())`.
 */

import { hmacSha256, sha256 } from "./_sha256.js"
import type { Environment, Storage } from "./types.js"

export type { Environment } from "./types.js"

interface EdgeGlobals {
  AsyncLocalStorage?: new () => Storage
  process?: {
    env?: Record<string, string | undefined>
    getBuiltinModule?: (name: string) => { AsyncLocalStorage?: new () => Storage }
  }
  [key: symbol]: unknown
}

const globals = globalThis as unknown as EdgeGlobals
const STORAGE = Symbol.for("baserun.storage.3")

/** Carries the context, by the platform's own storage. */
export const storage: Storage = (globals[STORAGE] ??= makeStorage()) as Storage

export const environment: Environment = new Proxy(
  {},
  { get: (_, name) => (name === "program" ? "edge" : globals.process?.env?.[String(name)]) },
)

export const resource = (): Record<string, string | number> => ({ "telemetry.sdk.language": "nodejs" })

export async function gzip(plain: Uint8Array): Promise<Uint8Array> {
  const compressed = new Blob([plain as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new CompressionStream("gzip"))
  return new Uint8Array(await new Response(compressed).arrayBuffer())
}

export const keyedHash = (key: string, value: string): string => hex(hmacSha256(bytes(key), bytes(value)))

export const plainHash = (value: string): string => hex(sha256(bytes(value)))

export function later(run: () => void, ms: number): ReturnType<typeof setTimeout> {
  return setTimeout(run, ms)
}

export const breathe = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))

function makeStorage(): Storage {
  const Found = globals.AsyncLocalStorage ?? globals.process?.getBuiltinModule?.("node:async_hooks")?.AsyncLocalStorage
  return Found ? new Found() : new SynchronousStorage()
}

/** Where the platform has none, a context holds until the first `await` of the function that it was made for. */
class SynchronousStorage implements Storage {
  private held: object | undefined

  getStore(): object | undefined {
    return this.held
  }

  run<R>(store: object, run: () => R): R {
    const before = this.held
    this.held = store
    try {
      return run()
    } finally {
      this.held = before
    }
  }

  enterWith(store: object): void {
    this.held = store
  }
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const hex = (digest: Uint8Array): string => Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("")
