/**
 * How often the visible page polls, and whether the server responds.
 *
 * Every GET is conditional, so an unchanged answer costs a 304 without a body. TanStack Query stops polling while the
 * tab is hidden.
 */
import { useSyncExternalStore } from "react"
import { createListeners } from "../state/listeners"

let changedAt = Date.now()
let offlineSince: number | null = null
let paused = false
const { subscribe, notify } = createListeners()

/** 2 s while data arrives, then 5 s and 10 s. 3 s while the server is offline, so that its return is noticed soon. */
export function pollInterval(): number | false {
  if (paused) return false
  if (offlineSince !== null) return 3_000
  const quietMs = Date.now() - changedAt
  if (quietMs < 30_000) return 2_000
  if (quietMs < 120_000) return 5_000
  return 10_000
}

/** Something new arrived: poll quickly again. */
export function noteChange(): void {
  changedAt = Date.now()
}

export function noteServer(responds: boolean): void {
  const next = responds ? null : (offlineSince ?? Date.now())
  if (next === offlineSince) return
  if (responds) noteChange()
  offlineSince = next
  notify()
}

export function setPaused(next: boolean): void {
  paused = next
  if (!next) noteChange()
  notify()
}

/** Since when the server has not responded, in milliseconds since the epoch; null while it does. */
export const useOfflineSince = (): number | null => useSyncExternalStore(subscribe, () => offlineSince)
export const usePaused = (): boolean => useSyncExternalStore(subscribe, () => paused)

// A reader who returns to the tab wants fresh data at once.
if (typeof document !== "undefined") {
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") noteChange()
  })
}
