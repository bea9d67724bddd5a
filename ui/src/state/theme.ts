/** Light, dark, or as the system says. `public/theme.js` sets the first value before the page is painted. */
import { useSyncExternalStore } from "react"

export type Theme = "light" | "dark" | "system"

const KEY = "baserun.theme"
const listeners = new Set<() => void>()
const system = matchMedia("(prefers-color-scheme: dark)")

export const themes: readonly Theme[] = ["system", "light", "dark"]

export const useTheme = (): Theme => useSyncExternalStore(subscribe, read)

export function setTheme(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme)
  } catch {
    // Without storage the choice holds until the page is left.
  }
  chosen = theme
  apply()
  for (const listener of listeners) listener()
}

let chosen: Theme = stored()

function stored(): Theme {
  try {
    const value = localStorage.getItem(KEY)
    return value === "light" || value === "dark" ? value : "system"
  } catch {
    return "system"
  }
}

const read = (): Theme => chosen

function apply(): void {
  const dark = chosen === "dark" || (chosen === "system" && system.matches)
  document.documentElement.dataset["theme"] = dark ? "dark" : "light"
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

system.addEventListener("change", apply)
