/** Light, dark, or the system's choice. `public/theme.js` applies the stored theme before the first paint. */
import { useSyncExternalStore } from "react"
import { createListeners } from "./listeners"
import { readStored, store } from "./storage"

export type Theme = "light" | "dark" | "system"

export const themes: readonly Theme[] = ["system", "light", "dark"]

const { subscribe, notify } = createListeners()
const systemIsDark = matchMedia("(prefers-color-scheme: dark)")
let chosen: Theme = stored()

export const useTheme = (): Theme => useSyncExternalStore(subscribe, () => chosen)

export function setTheme(theme: Theme): void {
  store("theme", theme)
  chosen = theme
  apply()
  notify()
}

function stored(): Theme {
  const value = readStored("theme")
  return value === "light" || value === "dark" ? value : "system"
}

function apply(): void {
  const dark = chosen === "dark" || (chosen === "system" && systemIsDark.matches)
  document.documentElement.dataset["theme"] = dark ? "dark" : "light"
}

systemIsDark.addEventListener("change", apply)
