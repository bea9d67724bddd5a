/** When to send again after a request that did not arrive. */

import { later } from "#platform"

const FIRST_DELAY_MS = 500
const LONGEST_DELAY_MS = 15_000

/** How long to wait after so many failures in a row: twice as long each time, with jitter. */
export function delayMs(failures: number): number {
  return Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** failures) * (0.5 + Math.random() / 2)
}

/** A pause that can be cut short. */
export function pause(ms: number): { passed: Promise<void>; cancel: () => void } {
  let cancel = (): void => undefined
  const passed = new Promise<void>((resolve) => {
    cancel = resolve
    later(resolve, ms)
  })
  return { passed, cancel }
}
