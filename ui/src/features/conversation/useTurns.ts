/** The turns of a session by number; only the windows in view are fetched. */
import { useQueries } from "@tanstack/react-query"
import { useMemo } from "react"
import { TURN_WINDOW, turnsQuery } from "../../api/queries"
import type { Turn } from "../../api/types"

/** The first and last turn in view, by number from 1. */
export type InView = { from: number; to: number }

/** The turns around every view of the page, and the first error. */
export function useTurns(
  sessionId: string,
  views: readonly InView[],
): { turns: ReadonlyMap<number, Turn>; error: unknown } {
  const windows = new Set<number>()
  for (const { from, to } of views) {
    for (let window = windowOf(from); window <= windowOf(Math.max(from, to)); window += 1) windows.add(window)
  }
  const results = useQueries({
    queries: [...windows].toSorted((a, b) => a - b).map((window) => turnsQuery(sessionId, window)),
  })
  const pages = results.map((result) => result.data)
  const turns = useMemo(
    () => new Map(pages.flatMap((page) => page?.items ?? []).map((turn) => [turn.n, turn])),
    // A page is a new object only if something in it changed.
    // oxlint-disable-next-line react/exhaustive-deps
    pages,
  )
  return { turns, error: results.find((result) => result.error)?.error ?? null }
}

const windowOf = (n: number): number => Math.max(0, Math.floor((n - 1) / TURN_WINDOW))
