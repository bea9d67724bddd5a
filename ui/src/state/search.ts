/** The query string of an address: readable text, and the same for the router, links and tests. */
import { useRouter, useRouterState } from "@tanstack/react-router"
import { useCallback } from "react"

export type Search = Record<string, string>

/** `?from=now-7d&q=refund` → `{ from: "now-7d", q: "refund" }`. The last value of a repeated name wins. */
export function parseSearch(text: string): Search {
  const search: Search = {}
  for (const [name, value] of new URLSearchParams(text.startsWith("?") ? text.slice(1) : text)) {
    if (name !== "__proto__") search[name] = value
  }
  return search
}

/** The inverse of `parseSearch`. Characters that a query need not escape stay readable; empty values are omitted. */
export function stringifySearch(search: Record<string, unknown>): string {
  const pairs: string[] = []
  for (const [name, value] of Object.entries(search)) {
    if (value === undefined || value === null || value === "") continue
    pairs.push(`${escape(name)}=${escape(String(value))}`)
  }
  return pairs.length === 0 ? "" : `?${pairs.join("&")}`
}

const READABLE: Record<string, string> = {
  "%20": "+",
  "%3A": ":",
  "%2C": ",",
  "%2F": "/",
  "%40": "@",
  "%24": "$",
  "%3B": ";",
  "%3D": "=",
}

const escape = (text: string): string =>
  encodeURIComponent(text.toWellFormed()).replace(/%(?:20|3A|2C|2F|40|24|3B|3D)/g, (code) => READABLE[code] ?? code)

/** This page's parameters, and a function that changes some of them. `replace` adds no step to the history. */
export function useSearch(): [Search, (changes: Record<string, string | undefined>, how?: "push" | "replace") => void] {
  const router = useRouter()
  const search = useRouterState({ select: (state) => state.location.search as Search })
  const change = useCallback(
    (changes: Record<string, string | undefined>, how: "push" | "replace" = "push") => {
      const { location } = router.history
      const next = stringifySearch({ ...parseSearch(location.search), ...changes })
      if (next === location.search) return
      router.history[how](`${location.pathname}${next}${location.hash}`)
    },
    [router],
  )
  return [search, change]
}
