/** The turns of a session by number, of which only the windows in sight are asked for. */
import { useQueries } from "@tanstack/react-query"
import { useMemo } from "react"
import { TURN_WINDOW, turnsQuery } from "../../api/queries"
import type { Turn } from "../../api/types"

export type Sight = { from: number; to: number }

/** Turn numbers (from 1) that are in sight anywhere on the page → what is known of them, and the first failure. */
export function useTurns(
  sessionId: string,
  sights: readonly Sight[],
): { turns: ReadonlyMap<number, Turn>; error: unknown } {
  const windows = new Set<number>()
  for (const { from, to } of sights) {
    for (let window = windowOf(from); window <= windowOf(Math.max(from, to)); window += 1) windows.add(window)
  }
  const results = useQueries({
    queries: [...windows].toSorted((a, b) => a - b).map((window) => turnsQuery(sessionId, window)),
  })
  const pages = results.map((result) => result.data)
  const turns = useMemo(
    () => new Map(pages.flatMap((page) => page?.items ?? []).map((turn) => [turn.n, turn])),
    // The pages are new objects only when something in them changed.
    // oxlint-disable-next-line react/exhaustive-deps
    pages,
  )
  return { turns, error: results.find((result) => result.error)?.error ?? null }
}

const windowOf = (n: number): number => Math.max(0, Math.floor((n - 1) / TURN_WINDOW))
