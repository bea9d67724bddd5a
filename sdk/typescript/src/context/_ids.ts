/** Ids and times. Random digits are drawn in blocks: one draw costs more than the use of thirty-two. */

const BLOCK_BYTES = 1024
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"))
const block = new Uint8Array(BLOCK_BYTES)
let digits = ""
let used = 0

/** Hex digits of `bytes` random bytes. */
export function randomHex(bytes: number): string {
  if (used + 2 * bytes > digits.length) {
    crypto.getRandomValues(block)
    digits = ""
    for (const byte of block) digits += HEX[byte]!
    used = 0
  }
  return digits.slice(used, (used += 2 * bytes))
}

/** A trace id: 32 hex digits. */
export const newTraceId = (): string => randomHex(16)

/** A span id: 16 hex digits. */
export const newSpanId = (): string => randomHex(8)

/** A random UUID (version 4) in its usual spelling. */
export function newUuid(): string {
  const digits = randomHex(16)
  const variant = HEX[(parseInt(digits.slice(16, 18), 16) & 0x3f) | 0x80]!
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-${variant}${digits.slice(18, 20)}-${digits.slice(20)}`
}

let offsetMs = Date.now() - performance.now()

/** Now, in milliseconds since the epoch with a fraction; it never goes back between two corrections of the clock. */
export const nowMs = (): number => offsetMs + performance.now()

/** Follow the system's clock where it was set, or where the machine slept. */
export function correctClock(): void {
  const offset = Date.now() - performance.now()
  if (Math.abs(offset - offsetMs) > 50) offsetMs = offset
}

/** Milliseconds since the epoch as OTLP writes them: nanoseconds in decimal digits. */
export function nanoseconds(ms: number): string {
  const micros = Math.round(ms * 1000)
  const seconds = Math.floor(micros / 1_000_000)
  // Small numbers become text several times quicker than large ones.
  return `${seconds}${String(micros - seconds * 1_000_000).padStart(6, "0")}000`
}
