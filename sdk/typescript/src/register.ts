/** Recording with no change to a CommonJS application: `node --require baserun/register app.js`. */

import { register } from "./_register.js"

void register()
