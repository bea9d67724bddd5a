/** What `baserun/register` does, in both of its forms. */

import { instrumentInstalled } from "#process"
import { state } from "./_config.js"
import { init } from "./_init.js"

/** Start recording before the application is loaded. Resolves when its clients are recorded. */
export async function register(): Promise<void> {
  // Both do at once what CommonJS needs, before the first wait.
  const started = init({ instrument: ["ai"] })
  const recorded = instrumentInstalled(state().settings?.enabled !== false, true)
  await Promise.all([started, recorded])
}
