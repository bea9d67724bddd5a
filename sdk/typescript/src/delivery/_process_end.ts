/**
 * The end of the process.
 *
 * When nothing is left to do (`beforeExit`) the last delivery is made as always. After `process.exit()` and an uncaught
 * exception no promise runs any more: there a thread sends while this one waits for it, at most `shutdownTimeout`. No
 * signal handler is set, so a process that is ended by a signal has to call `shutdown()` in its own handler.
 */

import { Worker } from "node:worker_threads"
import type { Settings } from "../_config.js"
import type { Delivery } from "./_delivery.js"
import { deliveryHeaders, type Payload } from "./_http.js"
import { guarded } from "../_guard.js"

const SENDER = `
const { workerData: { url, headers, payloads, flags, timeoutMs } } = require("node:worker_threads")
const send = async (payload, at) => {
  const response = await fetch(url + payload.path, {
    method: "POST", headers, body: payload.body, signal: AbortSignal.timeout(timeoutMs),
  })
  await response.arrayBuffer()
  if (response.ok) Atomics.store(flags, at + 1, 1)
}
Promise.allSettled(payloads.map(send)).then(() => { Atomics.store(flags, 0, 1); Atomics.notify(flags, 0) })
`

let watching = false

/** Deliver what waits when the process ends. `finish` ends what is under way: no answer is read any more. */
export function deliverBeforeEnd(
  delivery: () => Delivery | undefined,
  settings: () => Settings | undefined,
  finish: () => void,
): void {
  if (watching) return
  watching = true
  let tried: Delivery | undefined
  process.on("beforeExit", () => {
    guarded("calls under way", finish)
    const now = delivery()
    if (!now || now === tried || now.isEmpty) return
    void now.flush((settings()?.shutdownTimeoutSeconds ?? 0) * 1_000).then((arrived) => {
      if (arrived) return
      tried = now
      now.abort()
    })
  })
  process.on("exit", () => {
    guarded("last delivery", () => {
      finish()
      const given = settings()
      const now = delivery()
      if (!given || !now || now.isEmpty) return
      const payloads = now.takeAll()
      // What a delivery of the usual kind could not do in its time, a second try would not do either.
      now.keep(now === tried ? payloads : sendAndWait(payloads, given))
    })
  })
}

/** Send on another thread and wait for it; gives back what did not arrive. */
function sendAndWait(payloads: Payload[], settings: Settings): Payload[] {
  const flags = new Int32Array(new SharedArrayBuffer(4 * (payloads.length + 1)))
  const timeoutMs = settings.shutdownTimeoutSeconds * 1_000
  new Worker(SENDER, {
    eval: true,
    execArgv: [],
    env: {},
    workerData: { url: settings.url, headers: deliveryHeaders(settings, false), payloads, flags, timeoutMs },
  })
  Atomics.wait(flags, 0, 0, timeoutMs)
  return payloads.filter((_, at) => Atomics.load(flags, at + 1) !== 1)
}
