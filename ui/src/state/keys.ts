/**
 * Keyboard: what is bound at this moment, in one list. The help page shows this list, so it cannot be wrong.
 *
 * A binding is a single key (`j`, `Enter`, `?`), a key with shift as it is printed (`J`), two keys in a row (`g u`), or
 * `mod+k` (⌘ on a Mac, Ctrl elsewhere). Nothing fires while somebody types or a dialog is open, except `mod+…`.
 */
import { useEffect, useRef, useSyncExternalStore } from "react"

export type Binding = { keys: string; label: string; group: string; run: (event: KeyboardEvent) => void }

const PAIR_MS = 1_200
const OFF = "baserun.single-keys"

let layers: Binding[][] = []
let snapshot: Binding[] = []
let first: { key: string; at: number } | null = null
const listeners = new Set<() => void>()

/** Bind keys as long as the component is shown; what was bound later wins. */
export function useKeys(bindings: Binding[], enabled = true): void {
  const latest = useRef(bindings)
  useEffect(() => {
    latest.current = bindings
  })
  const signature = bindings
    .map((binding) => `${binding.keys}\u0000${binding.label}\u0000${binding.group}`)
    .join("\u0001")
  useEffect(() => {
    if (!enabled) return
    const layer = latest.current.map((binding, index) => ({
      ...binding,
      run: (event: KeyboardEvent) => latest.current[index]?.run(event),
    }))
    layers = [...layers, layer]
    changed()
    return () => {
      layers = layers.filter((other) => other !== layer)
      changed()
    }
  }, [signature, enabled])
}

export const useBindings = (): Binding[] => useSyncExternalStore(subscribe, () => snapshot)

export function singleKeysOn(): boolean {
  try {
    return localStorage.getItem(OFF) !== "off"
  } catch {
    return true
  }
}

export function setSingleKeys(on: boolean): void {
  try {
    if (on) localStorage.removeItem(OFF)
    else localStorage.setItem(OFF, "off")
  } catch {
    // Without storage they stay on.
  }
  changed()
}

/** `⌘` or `Ctrl`, as this machine calls it. */
export const modifierName = (): string => (/Mac|iPhone|iPad/.test(navigator.userAgent) ? "⌘" : "Ctrl")

function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || event.altKey) return
  const modified = event.metaKey || event.ctrlKey
  if (modified) {
    fire(`mod+${event.key.toLowerCase()}`, event)
    return
  }
  if (isTyping(event.target) || document.querySelector('[role="dialog"],[role="alertdialog"]')) return
  if (!singleKeysOn() && event.key.length === 1) return
  const now = Date.now()
  if (first && now - first.at < PAIR_MS) {
    const pair = `${first.key} ${event.key}`
    first = null
    if (fire(pair, event)) return
  }
  if (fire(event.key, event)) return
  if (snapshot.some((binding) => binding.keys.startsWith(`${event.key} `))) first = { key: event.key, at: now }
}

function fire(keys: string, event: KeyboardEvent): boolean {
  const binding = snapshot.findLast((one) => one.keys === keys)
  if (!binding) return false
  // Enter and Space belong to a focused control.
  if (
    (keys === "Enter" || keys === " ") &&
    event.target instanceof Element &&
    event.target.closest('a,button,summary,[role="button"]')
  )
    return false
  event.preventDefault()
  binding.run(event)
  return true
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function changed(): void {
  snapshot = layers.flat()
  for (const listener of listeners) listener()
}

if (typeof document !== "undefined") document.addEventListener("keydown", onKeyDown)
