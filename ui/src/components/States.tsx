/** What a page shows instead of content: that it is empty, failed or loading. */
import { CloudOff, SearchX, TriangleAlert } from "lucide-react"
import { Component, type ReactNode } from "react"
import { ApiError } from "../api/client"
import { control } from "./classes"
import { Copy } from "./Copy"

/** Says that something is empty or missing, in the middle of its place. */
export function Notice({ icon, title, children }: { icon?: ReactNode; title: string; children?: ReactNode }) {
  return (
    <div className="mx-auto flex max-w-[520px] flex-col items-center gap-2 px-4 py-16 text-center wrap-anywhere">
      {icon}
      <h2 className="text-title font-semibold">{title}</h2>
      <div className="flex flex-col items-center gap-3 text-secondary">{children}</div>
    </div>
  )
}

/** An error: its message, hint and code, and a way to retry. `what` could not be shown: "trace", "list of users". */
export function Fault({ error, retry, what }: { error: unknown; retry?: () => void; what: string }) {
  const known = error instanceof ApiError ? error : null
  const message = error instanceof Error ? error.message : String(error)
  const code = known?.code ?? "unexpected"
  if (known?.status === 404) {
    return (
      <Notice icon={<SearchX size={24} className="text-faint" aria-hidden />} title={`${capitalised(what)} not found`}>
        <p>{message}</p>
        {known.hint && <p>{known.hint}</p>}
      </Notice>
    )
  }
  const Icon = known?.offline ? CloudOff : TriangleAlert
  const report = [`${code}: ${message}`, known?.hint && `hint: ${known.hint}`, location.href].filter(Boolean).join("\n")
  return (
    <div role="alert">
      <Notice icon={<Icon size={24} className="text-error" aria-hidden />} title={faultTitle(known, what)}>
        <p>{message}</p>
        {known?.hint && <p>{known.hint}</p>}
        <p className="font-mono text-small text-faint">{code}</p>
        <div className="flex gap-2">
          {retry && (
            <button type="button" className={control} onClick={retry}>
              Try again
            </button>
          )}
          <Copy className={control} label="Copy the error" words="Copy" text={report} />
        </div>
      </Notice>
    </div>
  )
}

function faultTitle(error: ApiError | null, what: string): string {
  if (error?.offline) return "The server is not responding"
  return error?.temporary ? `Could not load the ${what} right now` : `Could not load the ${what}`
}

const capitalised = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1)

type BoundaryProps = { what: string; children: ReactNode }

/** Keeps a failure inside its panel. Give it a `key` that changes with the content, so that it tries again. */
export class Boundary extends Component<BoundaryProps, { error: unknown }> {
  override state = { error: null as unknown }
  static getDerivedStateFromError(error: unknown) {
    return { error }
  }
  override render() {
    if (this.state.error === null) return this.props.children
    return <Fault error={this.state.error} what={this.props.what} retry={() => this.setState({ error: null })} />
  }
}

/** Grey lines as tall as the content that is loading. */
export function Skeleton({ lines, height = 20, gap = 8 }: { lines: number; height?: number; gap?: number }) {
  return (
    <div className="flex flex-col p-4" style={{ gap }} aria-hidden>
      {Array.from({ length: lines }, (_, index) => (
        <div key={index} className="skeleton" style={{ height, width: `${92 - ((index * 17) % 40)}%` }} />
      ))}
    </div>
  )
}
