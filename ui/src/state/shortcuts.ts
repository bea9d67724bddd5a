/**
 * Every keyboard shortcut that is bound at the moment, in one list. The help dialog shows this list, so it is always
 * right.
 *
 * `keys` is a single key (`j`, `Enter`, `?`), a shifted key as it is printed (`J`), two keys in a row (`g u`), or
 * `mod+k` (⌘ on a Mac, Ctrl elsewhere). While someone types or a dialog is open, only `mod+…` fires.
 */
import { useEffect, useRef, useSyncExternalStore } from "react"
import { createListeners } from "./listeners"
import { readStored, store } from "./storage"

export type Shortcut = { keys: string; label: string; group: string; run: (event: KeyboardEvent) => void }

/** Longest pause between the two keys of a pair. */
const PAIR_MS = 1_200

let layers: Shortcut[][] = []
let bound: Shortcut[] = []
let first: { key: string; at: number } | null = null
const { subscribe, notify } = createListeners()

/** Bind shortcuts while the component is mounted; those bound last win. */
export function useShortcuts(shortcuts: Shortcut[], enabled = true): void {
  const latest = useRef(shortcuts)
  useEffect(() => {
    latest.current = shortcuts
  })
  const signature = shortcuts.map(({ keys, label, group }) => `${keys}\u0000${label}\u0000${group}`).join("\u0001")
  useEffect(() => {
    if (!enabled) return
    const layer = latest.current.map((shortcut, index) => ({
      ...shortcut,
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

export const useBoundShortcuts = (): Shortcut[] => useSyncExternalStore(subscribe, () => bound)

/** Whether single letters are shortcuts; some people switch them off because they dictate or press keys by accident. */
export const singleKeysOn = (): boolean => readStored("single-keys") !== "off"

export function setSingleKeys(on: boolean): void {
  store("single-keys", on ? null : "off")
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
  if (bound.some((shortcut) => shortcut.keys.startsWith(`${event.key} `))) first = { key: event.key, at: now }
}

function fire(keys: string, event: KeyboardEvent): boolean {
  const shortcut = bound.findLast((one) => one.keys === keys)
  if (!shortcut || belongsToControl(keys, event.target)) return false
  event.preventDefault()
  shortcut.run(event)
  return true
}

/** Enter and Space press the control that has the focus. */
const belongsToControl = (keys: string, target: EventTarget | null): boolean =>
  (keys === "Enter" || keys === " ") &&
  target instanceof Element &&
  target.closest('a,button,summary,[role="button"]') !== null

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))

function changed(): void {
  bound = layers.flat()
  notify()
}

if (typeof document !== "undefined") document.addEventListener("keydown", onKeyDown)
