/** The edge: bundlers leave no client to find there, nothing is kept, and no end is announced. */

import type { Settings } from "../_config.js"
import type { Delivery } from "../delivery/_delivery.js"
import type { Payload } from "../delivery/_http.js"

/** Clients are recorded by `wrap(client)`. */
export async function instrumentInstalled(_which: boolean | readonly string[], _preloaded?: boolean): Promise<void> {}

/** There is no disk. */
export class Spool {
  constructor(_directory: string, _maxBytes: number) {}

  write(_payloads: readonly Payload[]): void {}

  take(): Payload[] {
    return []
  }
}

/** The application hands `flush()` to `waitUntil` instead. */
export function deliverBeforeEnd(
  _delivery: () => Delivery | undefined,
  _settings: () => Settings | undefined,
  _finish: () => void,
): void {}
