/**
 * How often the visible page asks whether something changed, and whether the server is there.
 *
 * Every GET is conditional, so an unchanged answer costs a 304 without a body. TanStack Query stops the interval by
 * itself while the tab is hidden.
 */
import { useSyncExternalStore } from "react"

const QUICK_MS = 2_000
const SLOW_MS = 10_000

let changedAt = Date.now()
let awaySince: number | null = null
let paused = false
const listeners = new Set<() => void>()

/** 2 s while data arrives, then slower, at most 10 s; 3 s while the server is away, so that its return is seen soon. */
export function pollInterval(): number | false {
  if (paused) return false
  if (awaySince !== null) return 3_000
  const quietMs = Date.now() - changedAt
  if (quietMs < 30_000) return QUICK_MS
  if (quietMs < 120_000) return 5_000
  return SLOW_MS
}

export function noteChange(): void {
  changedAt = Date.now()
}

export function noteServer(present: boolean): void {
  const next = present ? null : (awaySince ?? Date.now())
  if (next === awaySince) return
  if (present) changedAt = Date.now()
  awaySince = next
  tell()
}

export function setPaused(next: boolean): void {
  paused = next
  if (!next) changedAt = Date.now()
  tell()
}

/** Since when the server has not answered, in milliseconds since the epoch; null while it does. */
export const useAwaySince = (): number | null => useSyncExternalStore(subscribe, () => awaySince)
export const usePaused = (): boolean => useSyncExternalStore(subscribe, () => paused)

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function tell(): void {
  for (const listener of listeners) listener()
}

// Somebody who looks at the page again wants to see what is new at once.
if (typeof document !== "undefined") {
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") noteChange()
  })
}
