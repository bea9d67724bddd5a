/** What keeps our faults away from the application: they are caught, and each kind is told once. */

import { state } from "./_config.js"

const told = new Set<string>()

/** Run our own code; a fault of it becomes one warning and `undefined`. Under our own tests it is thrown. */
export function guarded<T>(what: string, run: () => T): T | undefined {
  try {
    return run()
  } catch (fault) {
    return report(what, fault)
  }
}

/** Tell a fault of ours, once for each place in which it happens. */
export function report(what: string, fault: unknown): undefined {
  warnOnce(
    `fault:${what}`,
    `baserun: \`${what}\` failed inside the SDK and was left out: ${fault instanceof Error ? fault.stack : String(fault)}`,
    "the application is not affected; please report this with the lines above",
  )
  if (state().settings?.raiseFaults) throw fault
  return undefined
}

/** Print a warning the first time that `kind` is met. */
export function warnOnce(kind: string, what: string, hint: string): void {
  if (told.has(kind) || state().settings?.quiet) return
  told.add(kind)
  console.warn(`${what}\n\nhint: ${hint}`)
}

/** Forget what was told; for tests. */
export function forgetWarnings(): void {
  told.clear()
}
