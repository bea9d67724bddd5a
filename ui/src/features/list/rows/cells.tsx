/** The cells that several lists share. */
import { ThumbsDown, ThumbsUp, TriangleAlert } from "lucide-react"
import { join } from "../../../components/classes"
import { Link } from "../../../components/Link"
import { Visible } from "../../../components/text/Visible"
import { compact, cost, count, plural } from "../../../format/number"
import { oneLine, preview, shortId } from "../../../format/text"
import { duration } from "../../../format/time"

/** A missing value. */
export const none = <span className="text-faint">–</span>

export const Errors = ({ value }: { value: number }) =>
  value === 0 ? (
    <span className="text-faint">0</span>
  ) : (
    <span className="inline-flex items-center gap-1 font-medium text-error">
      <TriangleAlert size={12} aria-hidden />
      {count(value)}
    </span>
  )

type Thumbs = { feedback_up: number; feedback_down: number }

export const hasFeedback = (row: Thumbs): boolean => row.feedback_up + row.feedback_down > 0

export function Feedback({ row: { feedback_up: up, feedback_down: down } }: { row: Thumbs }) {
  if (up + down === 0) return none
  return (
    <span className="inline-flex items-center gap-2">
      {up > 0 && (
        <span className="inline-flex items-center gap-1 text-good">
          <ThumbsUp size={12} role="img" aria-label="thumbs up" />
          {count(up)}
        </span>
      )}
      {down > 0 && (
        <span className="inline-flex items-center gap-1 text-error">
          <ThumbsDown size={12} role="img" aria-label="thumbs down" />
          {count(down)}
        </span>
      )}
    </span>
  )
}

/** The cost; a "+" says that calls without a known price are missing from it. */
export function Cost({ row }: { row: { cost_usd: number; unpriced_calls: number; llm_calls: number } }) {
  const missing = row.unpriced_calls
  if (row.llm_calls > 0 && missing >= row.llm_calls)
    return (
      <span className="text-faint" title="No price is known for these models">
        –
      </span>
    )
  return (
    <span title={missing > 0 ? `${plural(missing, "call")} without a known price` : undefined}>
      {cost(row.cost_usd)}
      {missing > 0 && <span className="text-warning">+</span>}
    </span>
  )
}

export const Tokens = ({ row }: { row: { input_tokens: number; output_tokens: number } }) => (
  <span title={`${count(row.input_tokens)} in, ${count(row.output_tokens)} out`}>
    {compact(row.input_tokens + row.output_tokens)}
  </span>
)

export const Duration = ({ ms }: { ms: number | null }) => (
  <span className={ms === null ? "text-faint" : undefined}>{duration(ms)}</span>
)

/** The beginning of a text, on one line. */
export function Preview({ text, className }: { text: string | null; className?: string }) {
  if (!text) return none
  return (
    <span className={className} dir="auto" title={oneLine(text, 400)}>
      <Visible text={preview(text)} />
    </span>
  )
}

export function Models({ models }: { models: string[] }) {
  if (models.length === 0) return none
  return (
    <span className="text-secondary" title={models.join(", ")}>
      {models.join(", ")}
    </span>
  )
}

export function Status({ status }: { status: "active" | "idle" | "ended" }) {
  const dot = { active: "bg-good", idle: "border border-control", ended: "bg-control" }[status]
  return (
    <span className="inline-flex items-center gap-1.5 text-secondary">
      <span aria-hidden className={join("size-1.5 rounded-full", dot)} />
      {status}
    </span>
  )
}

export const IdLink = ({ href, id, name = null }: { href: string; id: string; name?: string | null }) => (
  <Link
    href={href}
    className={join(
      "inline-block max-w-full overflow-hidden py-0.5 align-middle text-ellipsis",
      "hover:text-accent hover:underline",
    )}
    title={id}
  >
    <Visible text={name ?? shortId(id)} />
  </Link>
)

/** The link that opens a row. */
export const rowLink =
  "block overflow-hidden text-ellipsis whitespace-nowrap font-medium text-text group-hover:text-accent"
