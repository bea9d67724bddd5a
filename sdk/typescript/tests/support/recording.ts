/** A collector for a file of tests, and the SDK set up to send to it. */

import { baserun, type InitOptions } from "baserun"
import { afterAll, beforeAll, beforeEach, inject } from "vitest"
import { Collector } from "./collector.js"

/** Address of the fake provider. */
export const providerUrl = (): string => inject("providerUrl")

/** Record into a collector of this file; every test begins with an empty one. */
export function recording(options: InitOptions = {}): { collector: Collector; arrived(): Promise<Collector> } {
  const held = {
    collector: undefined as unknown as Collector,
    /** The collector, once everything recorded so far is there. */
    async arrived(): Promise<Collector> {
      await baserun.flush()
      return held.collector
    },
  }
  beforeAll(async () => {
    held.collector = await Collector.start()
  })
  beforeEach(async () => {
    await baserun.flush()
    held.collector.clear()
    await baserun.init({
      url: held.collector.url,
      raiseFaults: true,
      quiet: true,
      instrument: false,
      flushIntervalSeconds: 0.05,
      ...options,
    })
  })
  afterAll(async () => {
    await baserun.shutdown()
    await held.collector.stop()
  })
  return held
}
