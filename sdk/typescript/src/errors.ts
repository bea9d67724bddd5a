/**
 * What can be thrown by us. Everything else that goes wrong inside is a warning, never an exception.
 *
 * BaserunError
 * ├── NotOffered     a call of the original that is out of scope
 * └── InvalidArgument         a mistake in a call of ours that only the developer can mend
 */

/** Base of every error that this package throws. */
export class BaserunError extends Error {
  override name = "BaserunError"
}

/** A call of earlier versions that this package does not offer; the message says why. */
export class NotOffered extends BaserunError {
  override name = "NotOffered"
}

/** A call with arguments that cannot mean anything. */
export class InvalidArgument extends BaserunError {
  override name = "InvalidArgument"
}

/** What happened, an empty line, and what to do: the one form of every message. */
export function message(what: string, hint: string): string {
  return `${what}\n\nhint: ${hint}`
}
