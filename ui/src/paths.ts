/** Every address of the pages. Nothing else in the code spells one. */

const segment = (id: string): string => encodeURIComponent(id)

export const paths = {
  overview: "/",
  users: "/users",
  user: (userId: string): string => `/users/${segment(userId)}`,
  sessions: "/sessions",
  session: (sessionId: string): string => `/sessions/${segment(sessionId)}`,
  turn: (sessionId: string, n: number): string => `/sessions/${segment(sessionId)}?turn=${n}`,
  traces: "/traces",
  trace: (traceId: string): string => `/traces/${segment(traceId)}`,
  span: (traceId: string, spanId: string): string => `/traces/${segment(traceId)}?span=${segment(spanId)}`,
  start: "/start",
} as const
