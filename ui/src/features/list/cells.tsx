/** Cells that several lists share. */
import { ThumbsDown, ThumbsUp, TriangleAlert } from "lucide-react"
import { compact, cost, count } from "../../format/number"
import { duration } from "../../format/time"
import { oneLine, preview, shortId } from "../../format/text"
import { join } from "../../components/classes"
import { Link } from "../../components/Link"
import { Visible } from "../../components/text/Visible"

type Numbers = {
  errors: number
  feedback_up: number
  feedback_down: number
  cost_usd: number
  unpriced_calls: number
  llm_calls: number
}

export const Errors = ({ value }: { value: number }) =>
  value === 0 ? (
    <span className="text-faint">0</span>
  ) : (
    <span className="inline-flex items-center gap-1 font-medium text-error">
      <TriangleAlert size={12} aria-hidden />
      {count(value)}
    </span>
  )

export function Feedback({ up, down }: { up: number; down: number }) {
  if (up === 0 && down === 0) return <span className="text-faint">–</span>
  return (
    <span className="inline-flex items-center gap-2">
      {up > 0 && (
        <span className="inline-flex items-center gap-1 text-good">
          <ThumbsUp size={12} role="img" aria-label="up" />
          {count(up)}
        </span>
      )}
      {down > 0 && (
        <span className="inline-flex items-center gap-1 text-error">
          <ThumbsDown size={12} role="img" aria-label="down" />
          {count(down)}
        </span>
      )}
    </span>
  )
}

/** The cost, with a mark where calls without a known price are missing in it. */
export function Cost({ row }: { row: Numbers }) {
  const missing = row.unpriced_calls
  if (row.llm_calls > 0 && missing >= row.llm_calls)
    return (
      <span className="text-faint" title="no price is known for these models">
        –
      </span>
    )
  return (
    <span title={missing > 0 ? `${count(missing)} calls have no known price` : undefined}>
      {cost(row.cost_usd)}
      {missing > 0 && <span className="text-warning">+</span>}
    </span>
  )
}

export const Tokens = ({ input, output }: { input: number; output: number }) => (
  <span title={`${count(input)} in, ${count(output)} out`}>{compact(input + output)}</span>
)

export const Length = ({ ms }: { ms: number | null }) => (
  <span className={ms === null ? "text-faint" : undefined}>{duration(ms)}</span>
)

export function Words({ text, none = "–", className }: { text: string | null; none?: string; className?: string }) {
  if (!text) return <span className="text-faint">{none}</span>
  return (
    <span className={className} dir="auto" title={oneLine(text, 400)}>
      <Visible text={preview(text)} />
    </span>
  )
}

export function Models({ models }: { models: string[] }) {
  if (models.length === 0) return <span className="text-faint">–</span>
  return (
    <span className="text-secondary" title={models.join(", ")}>
      {models.join(", ")}
    </span>
  )
}

export function Status({ status }: { status: "active" | "idle" | "ended" }) {
  return (
    <span className="inline-flex items-center gap-1.5 text-secondary">
      <span
        aria-hidden
        className={join(
          "size-1.5 rounded-full",
          status === "active" ? "bg-good" : status === "idle" ? "border border-control" : "bg-control",
        )}
      />
      {status}
    </span>
  )
}

/** A user's name where the application gave one, else the id. */
export function UserName({ userId, traits }: { userId: string; traits?: Record<string, unknown> }) {
  const name = nameOf(traits)
  return (
    <>
      <Visible text={name ?? shortId(userId, 28)} />
      {name && (
        <span className="ml-2 font-normal text-faint">
          <Visible text={shortId(userId, 20)} />
        </span>
      )}
    </>
  )
}

/** The trait that reads as a name. */
export function nameOf(traits: Record<string, unknown> | undefined): string | null {
  for (const key of ["name", "full_name", "email"]) {
    const value = traits?.[key]
    if (typeof value === "string" && value.trim() !== "") return value
  }
  return null
}

export const IdLink = ({ href, id, name = null }: { href: string; id: string; name?: string | null }) => (
  <Link
    href={href}
    className="inline-block max-w-full overflow-hidden py-0.5 align-middle text-ellipsis hover:text-accent hover:underline"
    title={id}
  >
    <Visible text={name ?? shortId(id)} />
  </Link>
)

export const rowLink =
  "block overflow-hidden text-ellipsis whitespace-nowrap font-medium text-text group-hover:text-accent"
