/** Recording with no change to the application: `node --import baserun/register app.js`. Settings come from the environment. */

import { register } from "./_register.js"

// Node waits for this before it loads the application.
await register()
