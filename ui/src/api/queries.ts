/** The queries to the API: each with its key, its address, and whether it polls. */
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

const userPath = (userId: string): string => `/users/${encodeURIComponent(userId)}`
const sessionPath = (sessionId: string): string => `/sessions/${encodeURIComponent(sessionId)}`
const tracePath = (traceId: string): string => `/traces/${encodeURIComponent(traceId)}`

export type Resource = "users" | "sessions" | "traces"
export type RowOf = { users: User; sessions: Session; traces: TraceRow }

export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: ({ signal }) => get<Me>("/me", {}, signal),
  staleTime: Infinity,
  retry: 3,
})

/** Rows per page of a list. */
export const PAGE_ROWS = 100

/** A list, page by page. It does not poll (`headQuery` does), so that nothing moves under the reader. */
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

/** Every row of a list, up to about `most`. `onRead` receives the number of rows read so far. */
export const allRows = <R extends Resource>(
  resource: R,
  parameters: Parameters,
  most: number,
  signal: AbortSignal,
  onRead: (rows: number) => void,
): Promise<Everything<RowOf[R]>> => allPages(`/${resource}`, { ...parameters, limit: 200 }, most, signal, onRead)

/** Every turn of a session from the first on, up to about `most`. */
export const allTurns = (sessionId: string, most: number): Promise<Everything<Turn>> =>
  allPages(`${sessionPath(sessionId)}/turns`, { limit: 100 }, most)

type Everything<Item> = { items: Item[]; more: boolean }

async function allPages<Item>(
  path: string,
  parameters: Parameters,
  most: number,
  signal?: AbortSignal,
  onRead?: (items: number) => void,
): Promise<Everything<Item>> {
  const items: Item[] = []
  let cursor: string | undefined
  do {
    const page: Pick<Page<Item>, "items" | "next_cursor"> = await get(path, { ...parameters, cursor }, signal)
    items.push(...page.items)
    cursor = page.next_cursor ?? undefined
    onRead?.(items.length)
  } while (cursor && items.length < most)
  return { items, more: cursor !== undefined }
}

/** The first page of a list, polled. */
export const headQuery = <R extends Resource>(resource: R, parameters: Parameters, limit = PAGE_ROWS) =>
  queryOptions({
    queryKey: ["head", resource, parameters, limit],
    queryFn: ({ signal }) => get<Page<RowOf[R]>>(`/${resource}`, { ...parameters, limit }, signal),
    ...live,
  })

/** The number of rows, queried separately so that a list never waits for a count. */
export const totalQuery = <R extends Resource>(resource: R, parameters: Parameters) =>
  queryOptions({
    queryKey: ["total", resource, parameters],
    queryFn: ({ signal }) =>
      get<Page<RowOf[R]>>(`/${resource}`, { ...parameters, sort: undefined, limit: 1, include: "total" }, signal),
    select: (page) => page.total,
    ...live,
  })

/** Metrics over a time range. */
export const metricsQuery = (parameters: Parameters) =>
  queryOptions({
    queryKey: ["metrics", parameters],
    queryFn: ({ signal }) => get<Metrics>("/metrics", parameters, signal),
    ...live,
  })

export const userQuery = (userId: string) =>
  queryOptions({
    queryKey: ["user", userId],
    queryFn: ({ signal }) => get<User>(userPath(userId), {}, signal),
    ...live,
  })

/** What an erasure would remove. */
export const erasurePlanQuery = (userId: string, includeAliases: boolean) =>
  queryOptions({
    queryKey: ["erasure-plan", userId, includeAliases],
    queryFn: ({ signal }) =>
      send<ErasurePlan>(
        "DELETE",
        userPath(userId),
        { dry_run: "true", include_aliases: String(includeAliases) },
        signal,
      ),
    gcTime: 0,
  })

/** Erase a user; the answer names the receipt. */
export const eraseUser = (userId: string, includeAliases: boolean): Promise<ErasurePlan> =>
  send("DELETE", userPath(userId), { include_aliases: String(includeAliases) })

/** The receipt of an erasure, polled until the erasure is complete. */
export const erasureQuery = (erasureId: string) =>
  queryOptions({
    queryKey: ["erasure", erasureId],
    queryFn: ({ signal }) => get<Erasure>(`/erasures/${encodeURIComponent(erasureId)}`, {}, signal),
    refetchInterval: (query) => (query.state.data?.state === "purged" ? false : 1_000),
  })

export const journeyQuery = (userId: string) =>
  infiniteQueryOptions({
    queryKey: ["journey", userId],
    queryFn: ({ signal, pageParam }) =>
      get<Page<JourneyEntry>>(`${userPath(userId)}/journey`, { limit: 100, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    ...live,
  })

export const sessionQuery = (sessionId: string) =>
  queryOptions({
    queryKey: ["session", sessionId],
    queryFn: ({ signal }) => get<SessionDetail>(sessionPath(sessionId), {}, signal),
    ...live,
  })

/** Turns are fetched in windows of this size; turn `n` is in window `floor((n - 1) / TURN_WINDOW)`. */
export const TURN_WINDOW = 20

/** The matches of words in a session, in the order of the conversation. */
export const sessionSearchQuery = (sessionId: string, q: string) =>
  queryOptions({
    queryKey: ["session search", sessionId, q],
    queryFn: ({ signal }) => get<SessionFound>(`${sessionPath(sessionId)}/search`, { q }, signal),
    enabled: q !== "",
    ...live,
  })

export const turnsQuery = (sessionId: string, window: number) =>
  queryOptions({
    queryKey: ["turns", sessionId, window],
    queryFn: ({ signal }) =>
      get<TurnPage>(
        `${sessionPath(sessionId)}/turns`,
        // A few more on both sides, so that the window is covered wherever the server centres it.
        { around: window * TURN_WINDOW + TURN_WINDOW / 2 + 1, limit: TURN_WINDOW + 4 },
        signal,
      ),
    ...live,
  })

export const traceQuery = (traceId: string) =>
  queryOptions({
    queryKey: ["trace", traceId],
    queryFn: ({ signal }) => get<LightTrace>(tracePath(traceId), { spans: "light" }, signal),
    ...live,
  })

export const spanQuery = (traceId: string, spanId: string) =>
  queryOptions({
    queryKey: ["span", traceId, spanId],
    queryFn: ({ signal }) => get<Span>(`${tracePath(traceId)}/spans/${encodeURIComponent(spanId)}`, {}, signal),
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
