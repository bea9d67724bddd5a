/** Recording with no change to the application: `node --import baserun/register app.js`. Settings come from the environment. */

import { instrumentInstalled } from "#platform"
import { state } from "./_config.js"
import { init } from "./_life.js"

const ready = init({ instrument: ["ai"] }).then(() => instrumentInstalled(state().settings?.enabled !== false, true))

/** Resolves when the clients are recorded; Node waits for it before it loads the application. */
export default ready
