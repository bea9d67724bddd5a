/**
 * What Node, Bun and Deno have and the edge has not: installed clients, a disk, and an end of the process to catch.
 *
 * Apart from `node.ts`, because this is where the upper rooms are used, and `node.ts` is what they stand on.
 */

export { deliverBeforeEnd } from "../delivery/_process_end.js"
export { Spool } from "../delivery/_spool.js"
export { instrumentInstalled } from "../instrumentation/_imports.js"
