/** What this browser remembers between visits. A browser without storage forgets it with the page. */

type Name = "theme" | "recent" | "rail" | "single-keys"

/** The stored text; null if there is none. */
export function readStored(name: Name): string | null {
  try {
    return localStorage.getItem(`baserun.${name}`)
  } catch {
    return null
  }
}

/** Null removes the entry. */
export function store(name: Name, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(`baserun.${name}`)
    else localStorage.setItem(`baserun.${name}`, value)
  } catch {
    // Private windows may refuse storage.
  }
}
