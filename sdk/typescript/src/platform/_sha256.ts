/** SHA-256 and HMAC without waiting, for platforms that only have the kind one waits for. FIPS 180-4, RFC 2104. */

const K = new Uint32Array(64)
const START = new Uint32Array(8)

/** Fractions of the roots of the first primes, as the standard makes its constants. */
function prepare(): void {
  for (let candidate = 2, found = 0; found < 64; candidate += 1) {
    let isPrime = true
    for (let divisor = 2; divisor * divisor <= candidate; divisor += 1) if (candidate % divisor === 0) isPrime = false
    if (!isPrime) continue
    if (found < 8) START[found] = fractionOf(candidate ** (1 / 2))
    K[found] = fractionOf(Math.cbrt(candidate))
    found += 1
  }
}

const fractionOf = (value: number): number => ((value % 1) * 0x1_0000_0000) | 0
const turned = (value: number, by: number): number => (value >>> by) | (value << (32 - by))

/** The digest of bytes. */
export function sha256(message: Uint8Array): Uint8Array {
  if (K[63] === 0) prepare()
  const padded = new Uint8Array(((message.length + 8) >> 6) * 64 + 64)
  padded.set(message)
  padded[message.length] = 0x80
  const view = new DataView(padded.buffer)
  view.setUint32(padded.length - 8, Math.floor(message.length / 0x2000_0000))
  view.setUint32(padded.length - 4, message.length << 3)
  const hash = START.slice()
  const words = new Uint32Array(64)
  for (let block = 0; block < padded.length; block += 64) {
    for (let at = 0; at < 16; at += 1) words[at] = view.getUint32(block + at * 4)
    for (let at = 16; at < 64; at += 1) {
      const [x, y] = [words[at - 15]!, words[at - 2]!]
      const s0 = turned(x, 7) ^ turned(x, 18) ^ (x >>> 3)
      const s1 = turned(y, 17) ^ turned(y, 19) ^ (y >>> 10)
      words[at] = words[at - 16]! + s0 + words[at - 7]! + s1
    }
    let [a, b, c, d, e, f, g, h] = hash as unknown as [number, number, number, number, number, number, number, number]
    for (let at = 0; at < 64; at += 1) {
      const t1 = h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + ((e & f) ^ (~e & g)) + K[at]! + words[at]!
      const t2 = (turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))
      ;[h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0]
    }
    for (const [at, value] of [a, b, c, d, e, f, g, h].entries()) hash[at]! += value
  }
  const digest = new Uint8Array(32)
  const out = new DataView(digest.buffer)
  for (const [at, value] of hash.entries()) out.setUint32(at * 4, value)
  return digest
}

/** Keyed hash of bytes. */
export function hmacSha256(key: Uint8Array, message: Uint8Array): Uint8Array {
  const block = new Uint8Array(64)
  block.set(key.length > 64 ? sha256(key) : key)
  const inner = sha256(
    joined(
      block.map((byte) => byte ^ 0x36),
      message,
    ),
  )
  return sha256(
    joined(
      block.map((byte) => byte ^ 0x5c),
      inner,
    ),
  )
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length)
  both.set(first)
  both.set(second, first.length)
  return both
}
