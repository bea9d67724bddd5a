/** The only code that talks to the server: conditional GETs, one kind of error, and a watch on whether it responds. */
import { QueryClient } from "@tanstack/react-query"
import { noteChange, noteServer } from "./live"
import type { Fault } from "./types"

export class ApiError extends Error implements Fault {
  readonly code: string
  readonly hint: string | null
  readonly field: string | null
  readonly position: number | null
  /** 0 if the server did not respond. */
  readonly status: number

  constructor(status: number, fault: Partial<Fault> & { message: string }) {
    super(fault.message)
    this.status = status
    this.code = fault.code ?? `http_${status}`
    this.hint = fault.hint ?? null
    this.field = fault.field ?? null
    this.position = fault.position ?? null
  }

  /** The server did not respond, or a proxy could not reach it. */
  get offline(): boolean {
    return this.status === 0 || this.code === "http_502" || this.code === "http_504"
  }

  /** Retrying later may help. */
  get temporary(): boolean {
    return this.offline || this.status === 503 || this.status === 429
  }
}

export type Parameters = Record<string, string | number | undefined>

// The last answer at each address. After a 304 the same object is returned, so nothing renders again.
const cache = new Map<string, { etag: string; data: unknown }>()
const MOST_CACHED = 300

/** GET `/api/v1<path>`. */
export async function get<Answer>(path: string, parameters: Parameters = {}, signal?: AbortSignal): Promise<Answer> {
  const url = `/api/v1${path}${queryOf(parameters)}`
  const cached = cache.get(url)
  const headers: Record<string, string> = cached ? { "if-none-match": cached.etag } : {}
  let response: Response
  try {
    response = await request(url, { headers, cache: "no-store" }, signal)
  } catch (error) {
    if (error instanceof ApiError) noteServer(false)
    throw error
  }
  if (response.status === 304 && cached) {
    noteServer(true)
    return cached.data as Answer
  }
  if (!response.ok) {
    const error = await errorOf(response)
    // A refused request is that request's problem; only silence means that the server is offline.
    noteServer(!error.offline)
    throw error
  }
  noteServer(true)
  const data = (await response.json()) as Answer
  const etag = response.headers.get("etag")
  if (etag) {
    if (cached && cached.etag !== etag) noteChange()
    cache.delete(url)
    cache.set(url, { etag, data })
    if (cache.size > MOST_CACHED) cache.delete(cache.keys().next().value!)
  }
  return data
}

/** Any other method on `/api/v1<path>`. */
export async function send<Answer>(
  method: "DELETE" | "PATCH" | "POST",
  path: string,
  parameters: Parameters = {},
  signal?: AbortSignal,
): Promise<Answer> {
  const response = await request(`/api/v1${path}${queryOf(parameters)}`, { method }, signal)
  if (!response.ok) throw await errorOf(response)
  return (await response.json()) as Answer
}

/** `{ from: "now-7d", q: undefined }` → `?from=now-7d`; empty values are omitted. */
export function queryOf(parameters: Parameters): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== "") search.set(name, String(value))
  }
  const text = search.toString()
  return text === "" ? "" : `?${text}`
}

/** Throws an `ApiError` if the server does not respond, and the abort of a request as it is. */
async function request(url: string, init: RequestInit, signal?: AbortSignal): Promise<Response> {
  const headers = { accept: "application/json", ...init.headers }
  try {
    return await fetch(url, { ...init, headers, credentials: "same-origin", signal: signal ?? null })
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error
    const message = "the server is not responding"
    throw new ApiError(0, { code: "server_offline", message, hint: "is `baserun serve` running?" })
  }
}

async function errorOf(response: Response): Promise<ApiError> {
  try {
    const body = (await response.json()) as { error?: Fault }
    if (body.error) return new ApiError(response.status, body.error)
  } catch {
    // Not our server: a proxy between it and the browser answered.
  }
  return new ApiError(response.status, { message: `the server responded with status ${response.status}` })
}

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // The next poll retries a broken connection; a refusal would be refused again.
      retry: false,
      // A server on this machine responds without the internet.
      networkMode: "always",
      staleTime: 1_000,
      gcTime: 10 * 60_000,
      refetchOnWindowFocus: true,
    },
  },
})
