/** A list of the API as one growing array: its pages, and a poll of its first page for new rows. */
import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query"
import { useCallback, useEffect, useMemo, useRef } from "react"
import type { Parameters } from "../../api/client"
import { headQuery, listQuery, totalQuery, type Resource, type RowOf } from "../../api/queries"
import type { Total } from "../../api/types"
import { mergeRows } from "../../layout/rows"

export type List<Row> = {
  rows: Row[]
  total: Total | null
  error: unknown
  loading: boolean
  /** The rows still belong to the previous filter. */
  stale: boolean
  more: boolean
  loadingMore: boolean
  loadMore: () => void
  /** New or reordered rows that wait until the reader asks for them. */
  waiting: { arrived: number; moved: boolean }
  showNew: () => void
  retry: () => void
}

/** While `hold` is true, because the reader is in the list, new rows wait instead of moving the others. */
export function useList<R extends Resource>(
  resource: R,
  parameters: Parameters,
  keyOf: (row: RowOf[R]) => string,
  hold: boolean,
): List<RowOf[R]> {
  const client = useQueryClient()
  const list = useInfiniteQuery({ ...listQuery(resource, parameters), placeholderData: keepPreviousData })
  const head = useQuery(headQuery(resource, parameters))
  const total = useQuery({ ...totalQuery(resource, parameters), placeholderData: keepPreviousData })

  const shown = useMemo(() => unique(list.data?.pages.flatMap((page) => page.items) ?? [], keyOf), [list.data, keyOf])
  const fresh = head.data?.items
  const merged = useMemo(
    () =>
      fresh && !list.isPlaceholderData ? mergeRows(shown, fresh, keyOf) : { rows: shown, arrived: 0, moved: false },
    [shown, fresh, list.isPlaceholderData, keyOf],
  )

  const key = listQuery(resource, parameters).queryKey
  const latest = useRef({ key, head: head.data })
  useEffect(() => {
    latest.current = { key, head: head.data }
  })
  const showNew = useCallback(() => {
    const { key, head } = latest.current
    // Later pages are fetched again on scrolling: their cursors belong to the old order.
    if (head) client.setQueryData(key, { pages: [head], pageParams: [undefined] })
  }, [client])

  const changed =
    merged.arrived > 0 ||
    merged.moved ||
    (fresh !== undefined && shown.length > fresh.length && (list.data?.pages.length ?? 0) === 1)
  useEffect(() => {
    if (changed && !hold && !list.isPlaceholderData && !list.isFetching) showNew()
  }, [changed, hold, showNew, list.isPlaceholderData, list.isFetching])

  const { hasNextPage, isFetching, fetchNextPage } = list
  const loadMore = useCallback(() => {
    if (hasNextPage && !isFetching) void fetchNextPage()
  }, [hasNextPage, isFetching, fetchNextPage])

  return {
    rows: merged.rows,
    total: total.data ?? null,
    error: shown.length === 0 ? list.error : null,
    loading: list.isPending,
    stale: list.isPlaceholderData,
    more: hasNextPage,
    loadingMore: list.isFetchingNextPage,
    loadMore,
    waiting: hold ? { arrived: merged.arrived, moved: merged.moved } : { arrived: 0, moved: false },
    showNew,
    retry: () => void list.refetch(),
  }
}

// A row can move from one page to the next between two requests.
function unique<Row>(rows: Row[], keyOf: (row: Row) => string): Row[] {
  const seen = new Set<string>()
  return rows.filter((row) => {
    const key = keyOf(row)
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}
