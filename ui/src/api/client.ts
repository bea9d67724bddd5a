/** The one place that talks to the server: GET with `If-None-Match`, one kind of error, and a watch on its presence. */
import { QueryClient } from "@tanstack/react-query"
import { noteChange, noteServer } from "./live"
import type { Fault } from "./types"

export class ApiError extends Error implements Fault {
  readonly code: string
  readonly hint: string | null
  readonly field: string | null
  readonly position: number | null
  /** 0 where the server gave no answer. */
  readonly status: number

  constructor(status: number, fault: Partial<Fault> & { message: string }) {
    super(fault.message)
    this.status = status
    this.code = fault.code ?? `http_${status}`
    this.hint = fault.hint ?? null
    this.field = fault.field ?? null
    this.position = fault.position ?? null
  }

  /** Nobody answered. */
  get away(): boolean {
    return this.status === 0 || this.code === "http_502" || this.code === "http_504"
  }

  /** Asking again later may help. */
  get passing(): boolean {
    return this.away || this.status === 503 || this.status === 429
  }
}

export type Parameters = Record<string, string | number | undefined>

type Kept = { etag: string; data: unknown }
// What the server said last at an address. A 304 gives the same object again, so nothing is drawn anew.
const kept = new Map<string, Kept>()
const KEPT_AT_MOST = 300

/** GET `/api/v1<path>`. */
export async function get<Answer>(path: string, parameters: Parameters = {}, signal?: AbortSignal): Promise<Answer> {
  const url = `/api/v1${path}${queryOf(parameters)}`
  const before = kept.get(url)
  const headers: Record<string, string> = { accept: "application/json" }
  if (before) headers["if-none-match"] = before.etag
  let response: Response
  try {
    response = await fetch(url, { headers, cache: "no-store", credentials: "same-origin", signal: signal ?? null })
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error
    noteServer(false)
    throw new ApiError(0, {
      code: "server_away",
      message: "the server does not answer",
      hint: "is `baserun serve` running?",
    })
  }
  if (response.status === 304 && before) {
    noteServer(true)
    return before.data as Answer
  }
  if (!response.ok) {
    const error = await errorOf(response)
    // One question that cannot be answered is that question's trouble; only silence means that the server is away.
    noteServer(error.code !== "http_502" && error.code !== "http_504")
    throw error
  }
  noteServer(true)
  const data = (await response.json()) as Answer
  const etag = response.headers.get("etag")
  if (etag) {
    if (before && before.etag !== etag) noteChange()
    kept.delete(url)
    kept.set(url, { etag, data })
    if (kept.size > KEPT_AT_MOST) kept.delete(kept.keys().next().value!)
  }
  return data
}

/** Another method on `/api/v1<path>`. */
export async function send<Answer>(
  method: "DELETE" | "PATCH" | "POST",
  path: string,
  parameters: Parameters = {},
  signal?: AbortSignal,
): Promise<Answer> {
  const url = `/api/v1${path}${queryOf(parameters)}`
  let response: Response
  try {
    response = await fetch(url, {
      method,
      headers: { accept: "application/json" },
      credentials: "same-origin",
      signal: signal ?? null,
    })
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error
    throw new ApiError(0, {
      code: "server_away",
      message: "the server does not answer",
      hint: "is `baserun serve` running?",
    })
  }
  if (!response.ok) throw await errorOf(response)
  return (await response.json()) as Answer
}

/** `{from: 'now-7d', q: undefined}` → `?from=now-7d`; empty values are left out. */
export function queryOf(parameters: Parameters): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== "") search.set(name, String(value))
  }
  const text = search.toString()
  return text === "" ? "" : `?${text}`
}

async function errorOf(response: Response): Promise<ApiError> {
  try {
    const body = (await response.json()) as { error?: Fault }
    if (body.error) return new ApiError(response.status, body.error)
  } catch {
    // Not ours: something between the browser and the server answered.
  }
  return new ApiError(response.status, { message: `the server answered with status ${response.status}` })
}

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // A broken connection is asked again by the next poll; a refusal would be refused again.
      retry: false,
      // A server on this machine answers without the internet.
      networkMode: "always",
      staleTime: 1_000,
      gcTime: 10 * 60_000,
      refetchOnWindowFocus: true,
    },
  },
})
