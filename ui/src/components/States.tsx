import { CloudOff, SearchX, TriangleAlert } from "lucide-react"
import { Component, type ReactNode } from "react"
import { ApiError } from "../api/client"
import { control } from "./classes"
import { Copy } from "./Copy"

/** Says what is (not) here, in the middle of the place where it would be. */
export function Notice({ icon, title, children }: { icon?: ReactNode; title: string; children?: ReactNode }) {
  return (
    <div className="mx-auto flex max-w-[520px] flex-col items-center gap-2 px-4 py-16 text-center wrap-anywhere">
      {icon}
      <h2 className="text-title font-semibold">{title}</h2>
      <div className="flex flex-col items-center gap-3 text-secondary">{children}</div>
    </div>
  )
}

/** An error of the API: code, message, hint, a way to try again. */
export function Fault({ error, retry, what }: { error: unknown; retry?: () => void; what: string }) {
  const known = error instanceof ApiError ? error : null
  const message = error instanceof Error ? error.message : String(error)
  const code = known?.code ?? "unexpected"
  if (known?.status === 404) {
    return (
      <Notice icon={<SearchX size={24} className="text-faint" aria-hidden />} title={`No such ${what}`}>
        <p>{message}</p>
        {known.hint && <p>{known.hint}</p>}
      </Notice>
    )
  }
  const Icon = known?.away ? CloudOff : TriangleAlert
  return (
    <div role="alert">
      <Notice
        icon={<Icon size={24} className="text-error" aria-hidden />}
        title={
          known?.away
            ? "The server does not answer"
            : known?.passing
              ? `The ${what} cannot be shown at the moment`
              : `Could not load the ${what}`
        }
      >
        <p>{message}</p>
        {known?.hint && <p>{known.hint}</p>}
        <p className="font-mono text-small text-faint">{code}</p>
        <div className="flex gap-2">
          {retry && (
            <button type="button" className={control} onClick={retry}>
              Try again
            </button>
          )}
          <Copy
            className={control}
            label="Copy the error"
            words="Copy"
            text={[`${code}: ${message}`, known?.hint && `hint: ${known.hint}`, location.href]
              .filter(Boolean)
              .join("\n")}
          />
        </div>
      </Notice>
    </div>
  )
}

type BoundaryProps = { what: string; children: ReactNode }

/** Keeps a panel's failure inside the panel. Give it a `key` that changes with its content, and it tries again. */
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

/** Lines of the height of what comes. */
export function Skeleton({ lines, height = 20, gap = 8 }: { lines: number; height?: number; gap?: number }) {
  return (
    <div className="flex flex-col p-4" style={{ gap }} aria-hidden>
      {Array.from({ length: lines }, (_, index) => (
        <div key={index} className="skeleton" style={{ height, width: `${92 - ((index * 17) % 40)}%` }} />
      ))}
    </div>
  )
}
