import { useSyncExternalStore } from "react"

/** Whether a media query matches, kept up to date. */
export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      const list = matchMedia(query)
      list.addEventListener("change", listener)
      return () => list.removeEventListener("change", listener)
    },
    () => matchMedia(query).matches,
  )
}

/** A phone: lists have one cell per row. */
export const useNarrow = (): boolean => useMedia("(max-width: 719px)")
