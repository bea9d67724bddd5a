/** Find a row in the lists that are already loaded, so that a detail page can show its header at once. */
import { queryClient } from "./client"
import type { Resource, RowOf } from "./queries"
import type { Page } from "./types"

export function cachedRow<R extends Resource>(resource: R, is: (row: RowOf[R]) => boolean): RowOf[R] | undefined {
  const heads = queryClient.getQueriesData<Page<RowOf[R]>>({ queryKey: ["head", resource] })
  const lists = queryClient.getQueriesData<{ pages: Page<RowOf[R]>[] }>({ queryKey: ["list", resource] })
  const pages = [...heads.map(([, page]) => page), ...lists.flatMap(([, list]) => list?.pages ?? [])]
  for (const page of pages) {
    const row = page?.items.find(is)
    if (row) return row
  }
  return undefined
}
