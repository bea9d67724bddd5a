/** The detail pages that this browser opened last, for the search palette. */
import { useEffect } from "react"
import { readStored, store } from "./storage"

export type RecentPage = { href: string; title: string }

const MOST = 8

export function recentPages(): RecentPage[] {
  try {
    const pages: unknown = JSON.parse(readStored("recent") ?? "[]")
    return Array.isArray(pages) ? pages.filter(isRecentPage) : []
  } catch {
    return []
  }
}

/** Remember the page once it is `known` that it exists. */
export function useRecentPage(href: string, title: string, known: boolean): void {
  useEffect(() => {
    if (!known) return
    const others = recentPages().filter((page) => page.href !== href)
    store("recent", JSON.stringify([{ href, title }, ...others].slice(0, MOST)))
  }, [href, title, known])
}

const isRecentPage = (page: Partial<RecentPage> | null): page is RecentPage =>
  typeof page?.href === "string" && page.href.startsWith("/")
