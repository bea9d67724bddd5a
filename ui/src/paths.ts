/** Every address of the pages. Nothing else in the code spells one. */
import type { Resource } from "./api/queries"
import { stringifySearch } from "./state/search"

type Search = Record<string, string | undefined>

const segment = (id: string): string => encodeURIComponent(id)

export const paths = {
  overview: "/",
  users: "/users",
  user: (userId: string, search: Search = {}): string => `/users/${segment(userId)}${stringifySearch(search)}`,
  sessions: "/sessions",
  session: (sessionId: string): string => `/sessions/${segment(sessionId)}`,
  turn: (sessionId: string, n: number): string => `/sessions/${segment(sessionId)}?turn=${n}`,
  traces: "/traces",
  trace: (traceId: string): string => `/traces/${segment(traceId)}`,
  span: (traceId: string, spanId: string): string => `/traces/${segment(traceId)}?span=${segment(spanId)}`,
  connect: "/start",
  /** A list, filtered: `list("traces", { from: "now-7d", filter: "errors>=1" })`. */
  list: (resource: Resource, search: Search): string => `/${resource}${stringifySearch(search)}`,
} as const
