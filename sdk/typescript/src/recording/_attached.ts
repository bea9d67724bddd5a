/** Something of ours noted on an object of somebody else's. */

/** What notes of one kind can do. */
export interface Notes<T> {
  get(on: object): T | undefined
  set(on: object, note: T): void
}

/**
 * Notes of one kind. Nobody sees them: each is a private field, which a class may put on any object that its base class
 * gives it. A WeakMap would do the same at several times the price: it is looked through at every collection.
 */
export function notes<T>(): Notes<T> {
  class Noted extends Given {
    #note: T
    constructor(on: object, note: T) {
      super(on)
      this.#note = note
    }
    static get(on: object): T | undefined {
      return #note in on ? on.#note : undefined
    }
    static set(on: object, note: T): void {
      if (#note in on) on.#note = note
      else new Noted(on, note)
    }
  }
  return Noted
}

class Given {
  constructor(on: object) {
    return on
  }
}
