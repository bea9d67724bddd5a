/** One question to the API each: its key, its address, whether it stays live. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query"
import { get, send, type Parameters } from "./client"
import { pollInterval } from "./live"
import type {
  Erasure,
  ErasurePlan,
  FieldInfo,
  Found,
  JourneyEntry,
  LightTrace,
  Me,
  Metrics,
  Page,
  Session,
  SessionDetail,
  SessionFound,
  Span,
  TraceRow,
  Turn,
  TurnPage,
  User,
} from "./types"

const live = { refetchInterval: pollInterval } as const
const idPath = (id: string): string => encodeURIComponent(id)

export type Resource = "users" | "sessions" | "traces"
export type RowOf = { users: User; sessions: Session; traces: TraceRow }

export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: ({ signal }) => get<Me>("/me", {}, signal),
  staleTime: Infinity,
  retry: 3,
})

/** Rows asked for at a time. */
export const PAGE_ROWS = 100

/** A list, page after page; not live itself (`headQuery` watches it), so that nothing moves under the reader. */
export const listQuery = <R extends Resource>(resource: R, parameters: Parameters) =>
  infiniteQueryOptions({
    queryKey: ["list", resource, parameters],
    queryFn: ({ signal, pageParam }) =>
      get<Page<RowOf[R]>>(`/${resource}`, { ...parameters, limit: PAGE_ROWS, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    staleTime: 30_000,
    refetchOnWindowFocus: false,
  })

/** Every row of a list, page after page; at most `most`. `onRead` is told how many there are so far. */
export async function allRows<R extends Resource>(
  resource: R,
  parameters: Parameters,
  most: number,
  signal: AbortSignal,
  onRead: (rows: number) => void,
): Promise<{ rows: RowOf[R][]; more: boolean }> {
  const rows: RowOf[R][] = []
  let cursor: string | undefined
  do {
    const page: Page<RowOf[R]> = await get<Page<RowOf[R]>>(
      `/${resource}`,
      { ...parameters, limit: 200, cursor },
      signal,
    )
    rows.push(...page.items)
    cursor = page.next_cursor ?? undefined
    onRead(rows.length)
  } while (cursor && rows.length < most)
  return { rows, more: cursor !== undefined }
}

/** The first page of a list, asked again and again. */
export const headQuery = <R extends Resource>(resource: R, parameters: Parameters, limit = PAGE_ROWS) =>
  queryOptions({
    queryKey: ["head", resource, parameters, limit],
    queryFn: ({ signal }) => get<Page<RowOf[R]>>(`/${resource}`, { ...parameters, limit }, signal),
    ...live,
  })

/** How many rows there are: apart from the rows, so that a list never waits for a count. */
export const totalQuery = <R extends Resource>(resource: R, parameters: Parameters) =>
  queryOptions({
    queryKey: ["total", resource, parameters],
    queryFn: ({ signal }) =>
      get<Page<RowOf[R]>>(`/${resource}`, { ...parameters, sort: undefined, limit: 1, include: "total" }, signal),
    select: (page) => page.total,
    ...live,
  })

/** Figures over a time; what is shown stays until those of another time are there. */
export const metricsQuery = (parameters: Parameters) =>
  queryOptions({
    queryKey: ["metrics", parameters],
    queryFn: ({ signal }) => get<Metrics>("/metrics", parameters, signal),
    ...live,
  })

export const userQuery = (userId: string) =>
  queryOptions({
    queryKey: ["user", userId],
    queryFn: ({ signal }) => get<User>(`/users/${idPath(userId)}`, {}, signal),
    ...live,
  })

/** What an erasure would concern. */
export const erasurePlanQuery = (userId: string, includes: boolean) =>
  queryOptions({
    queryKey: ["erasure-plan", userId, includes],
    queryFn: ({ signal }) =>
      send<ErasurePlan>(
        "DELETE",
        `/users/${idPath(userId)}`,
        { dry_run: "true", include_aliases: String(includes) },
        signal,
      ),
    gcTime: 0,
  })

/** The receipt of an erasure, until there is nothing more to come. */
export const erasureQuery = (erasureId: string) =>
  queryOptions({
    queryKey: ["erasure", erasureId],
    queryFn: ({ signal }) => get<Erasure>(`/erasures/${idPath(erasureId)}`, {}, signal),
    refetchInterval: (query) => (query.state.data?.state === "purged" ? false : 1_000),
  })

export const journeyQuery = (userId: string) =>
  infiniteQueryOptions({
    queryKey: ["journey", userId],
    queryFn: ({ signal, pageParam }) =>
      get<Page<JourneyEntry>>(`/users/${idPath(userId)}/journey`, { limit: 100, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    ...live,
  })

export const sessionQuery = (sessionId: string) =>
  queryOptions({
    queryKey: ["session", sessionId],
    queryFn: ({ signal }) => get<SessionDetail>(`/sessions/${idPath(sessionId)}`, {}, signal),
    ...live,
  })

/** Turns come in windows of this many; the number of a window is `floor((n - 1) / TURN_WINDOW)`. */
export const TURN_WINDOW = 20

/** Where words stand in a session, in the order of the conversation. */
export const sessionSearchQuery = (sessionId: string, q: string) =>
  queryOptions({
    queryKey: ["session search", sessionId, q],
    queryFn: ({ signal }) => get<SessionFound>(`/sessions/${idPath(sessionId)}/search`, { q }, signal),
    enabled: q !== "",
    ...live,
  })

/** Every turn of a session, from its first on; at most `most`. */
export async function allTurns(sessionId: string, most: number): Promise<{ turns: Turn[]; more: boolean }> {
  const turns: Turn[] = []
  let cursor: string | undefined
  do {
    const page: TurnPage = await get<TurnPage>(`/sessions/${idPath(sessionId)}/turns`, { limit: 100, cursor })
    turns.push(...page.items)
    cursor = page.next_cursor ?? undefined
  } while (cursor && turns.length < most)
  return { turns, more: cursor !== undefined }
}

export const turnsQuery = (sessionId: string, window: number) =>
  queryOptions({
    queryKey: ["turns", sessionId, window],
    queryFn: ({ signal }) =>
      get<TurnPage>(
        `/sessions/${idPath(sessionId)}/turns`,
        // A few more than a window on both sides, so that it is covered wherever the server centres.
        { around: window * TURN_WINDOW + TURN_WINDOW / 2 + 1, limit: TURN_WINDOW + 4 },
        signal,
      ),
    ...live,
  })

export const traceQuery = (traceId: string) =>
  queryOptions({
    queryKey: ["trace", traceId],
    queryFn: ({ signal }) => get<LightTrace>(`/traces/${idPath(traceId)}`, { spans: "light" }, signal),
    ...live,
  })

export const spanQuery = (traceId: string, spanId: string) =>
  queryOptions({
    queryKey: ["span", traceId, spanId],
    queryFn: ({ signal }) => get<Span>(`/traces/${idPath(traceId)}/spans/${idPath(spanId)}`, {}, signal),
    staleTime: 30_000,
  })

export const searchQuery = (q: string) =>
  queryOptions({
    queryKey: ["search", q],
    queryFn: ({ signal }) => get<{ items: Found[] }>("/search", { q, limit: 12 }, signal),
    enabled: q.trim() !== "",
    staleTime: 5_000,
  })

export const fieldsQuery = (resource: Resource) =>
  queryOptions({
    queryKey: ["fields", resource],
    queryFn: ({ signal }) => get<{ items: FieldInfo[]; grammar: string }>("/fields", { for: resource }, signal),
    staleTime: Infinity,
  })

export const facetsQuery = (resource: Resource, field: string, prefix: string) =>
  queryOptions({
    queryKey: ["facets", resource, field, prefix],
    queryFn: ({ signal }) =>
      get<{ items: { value: string; count: number }[]; more: boolean }>(
        "/facets",
        { for: resource, field, prefix: prefix || undefined },
        signal,
      ),
    staleTime: 10_000,
  })
