import type { Loose } from "./_reading.js"
export function recordAi(_exports: Loose): void {}
