/** Who somebody is: ids made presentable, and the keyed hash that keeps names and addresses inside the process. */

import { environment, keyedHash, plainHash } from "#platform"
import { state } from "../_config.js"
import { InvalidArgument, message } from "../errors.js"
import { guarded, warnOnce } from "../_guard.js"

const LONGEST_ID = 1_024
const LONGEST_ORIGINAL = 4_096
const EMAIL = /^[^@\s]+@[^@\s]+\.[^@\s]+$/

/**
 * Hash an identifier with a key (HMAC-SHA-256, 64 hex digits), so that the plain value never leaves the process.
 *
 * The key is BASERUN_USER_HASH_KEY unless given. A plain hash of an e-mail address can be undone by trying addresses; a
 * keyed one cannot by anybody who lacks the key. Throws `InvalidArgument` where there is no key.
 */
export function hashIdentifier(value: string, key?: string): string {
  const secret = key ?? state().settings?.userHashKey ?? environment["BASERUN_USER_HASH_KEY"]
  if (!secret) {
    throw new InvalidArgument(
      message(
        "there is no key to hash identifiers with",
        "set BASERUN_USER_HASH_KEY to a long random text and keep it; with another key the same person is another user",
      ),
    )
  }
  return keyedHash(secret, String(value))
}

/** An id as a non-empty text of at most 1,024 characters; anything else becomes one, or is ignored, with one warning. */
export function cleanId(value: unknown, what: "user" | "session"): string | undefined {
  if (value === undefined || value === null) return undefined
  let id: string
  if (typeof value === "string") id = value
  else {
    id = guarded(`${what} id`, () => (typeof value === "object" ? JSON.stringify(value) : String(value))) ?? ""
    warnOnce(`id type ${what}`, `baserun: the ${what} id \`${id}\` is no text and was made one`, "pass a string")
  }
  if (id.trim() === "") {
    warnOnce(`id empty ${what}`, `baserun: an empty ${what} id was ignored`, "leave it out where there is none")
    return undefined
  }
  return id.length > LONGEST_ID ? plainHash(id) : id
}

/** A user id that may leave the process: hashed where `init({ hashUsers: true })` asks for it. */
export function cleanUser(value: unknown): string | undefined {
  const { settings } = state()
  if (settings?.hashUsers && typeof value === "string" && value.trim() !== "") {
    const hashed = guarded("hashUsers", () => hashIdentifier(value))
    // Without a key nothing is sent in plain: no user is better than a user who asked not to be known.
    return hashed
  }
  const id = cleanId(value, "user")
  if (id && EMAIL.test(id)) {
    warnOnce(
      "id email",
      "baserun: a user id looks like an e-mail address",
      "`init({ hashUsers: true })` with BASERUN_USER_HASH_KEY set sends a keyed hash instead",
    )
  }
  return id
}

/** The id as it was, where it was hashed for its length. */
export function originalOf(value: unknown): string | undefined {
  return typeof value === "string" && value.length > LONGEST_ID ? value.slice(0, LONGEST_ORIGINAL) : undefined
}
