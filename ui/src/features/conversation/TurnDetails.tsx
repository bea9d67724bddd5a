import { Braces, X } from "lucide-react"
import type { ReactNode } from "react"
import type { Session, Turn, TurnMark } from "../../api/types"
import { compact, cost, count } from "../../format/number"
import { shortId } from "../../format/text"
import { duration, moment } from "../../format/time"
import { turnMarkdown } from "../../layout/markdown"
import type { Density } from "../../layout/turns"
import { paths } from "../../paths"
import { link, quiet } from "../../components/classes"
import { Copy } from "../../components/Copy"
import { Link } from "../../components/Link"
import { Visible } from "../../components/text/Visible"
import { ScoreItem } from "./items/ItemView"

/** What one turn took and cost: time by kind, tokens, models, its trace. */
export function TurnDetails({
  turn,
  mark,
  density,
  session,
  onClose,
}: {
  turn: Turn | undefined
  mark: TurnMark | undefined
  density: Density
  session: Session
  onClose?: () => void
}) {
  if (!turn) return <p className="p-4 text-secondary">Choose a turn to see what it took.</p>
  const single = mark && mark.turns === 1 ? mark : undefined
  return (
    <div className="flex flex-col gap-4 p-4">
      <header className="flex items-center gap-2">
        <h2 className="font-semibold">Turn {turn.n}</h2>
        <span className="ml-auto flex">
          <Copy text={() => turnMarkdown(turn, density)} label="Copy the turn as Markdown" />
          <Copy text={() => JSON.stringify(turn, null, 2)} label="Copy the turn as JSON" icon={Braces} />
          {onClose && (
            <button type="button" className={quiet} onClick={onClose} aria-label="Close the details">
              <X size={14} aria-hidden />
            </button>
          )}
        </span>
      </header>
      <section>
        <Row name="Waited">
          <strong className="font-semibold">{duration(turn.wait_ms)}</strong>
        </Row>
        {single && turn.wait_ms > 0 && <WaitBar mark={single} />}
        {turn.time_to_first_token_ms !== null && (
          <Row name="First word after">{duration(turn.time_to_first_token_ms)}</Row>
        )}
        {turn.think_ms !== null && <Row name="Silence before">{duration(turn.think_ms)}</Row>}
        <Row name="Started">
          <time dateTime={turn.started_at}>{moment(turn.started_at)}</time>
        </Row>
      </section>
      <section className="border-t border-hairline pt-3">
        <Row name="Cost">
          <strong className="font-semibold">{cost(turn.cost_usd)}</strong>
        </Row>
        <Row name="LLM calls">{count(turn.llm_calls)}</Row>
        <Row name="Tokens in">
          <Tokens value={turn.usage.input_tokens} />
        </Row>
        {Boolean(turn.usage.cached_tokens) && (
          <Row name="of them cached">
            <Tokens value={turn.usage.cached_tokens} />
          </Row>
        )}
        <Row name="Tokens out">
          <Tokens value={turn.usage.output_tokens} />
        </Row>
        {Boolean(turn.usage.reasoning_tokens) && (
          <Row name="of them reasoning">
            <Tokens value={turn.usage.reasoning_tokens} />
          </Row>
        )}
        {turn.models.length > 0 && (
          <Row name={turn.models.length === 1 ? "Model" : "Models"}>
            <span className="[overflow-wrap:anywhere]">{turn.models.join(", ")}</span>
          </Row>
        )}
      </section>
      {turn.scores.length > 0 && (
        <section className="flex flex-col gap-2 border-t border-hairline pt-3">
          {turn.scores.map((score) => (
            <ScoreItem key={score.score_id} score={score} />
          ))}
        </section>
      )}
      <section className="border-t border-hairline pt-3">
        {turn.user_id !== null && (
          <Row name="User">
            <Link className={link} href={paths.user(turn.user_id)}>
              <Visible text={(turn.user_id === session.user_id && session.user_name) || shortId(turn.user_id)} />
            </Link>
          </Row>
        )}
        <Row name="Trace">
          <Link className={link} href={paths.trace(turn.trace_id)}>
            <Visible text={turn.name || shortId(turn.trace_id)} />
          </Link>
        </Row>
        {turn.errors.map((error) => (
          <Row key={error.span_id} name="Failed in">
            <Link className="text-error underline underline-offset-2" href={paths.span(turn.trace_id, error.span_id)}>
              <Visible text={error.span_name} />
            </Link>
          </Row>
        ))}
      </section>
    </div>
  )
}

function WaitBar({ mark }: { mark: TurnMark }) {
  const parts = [
    { name: "model", ms: mark.model_ms, look: "bg-llm" },
    { name: "tools", ms: mark.tool_ms, look: "bg-tool" },
    { name: "own", ms: Math.max(0, mark.wait_ms - mark.model_ms - mark.tool_ms), look: "bg-control" },
  ].filter(({ ms }) => ms > mark.wait_ms / 500)
  const whole = parts.reduce((sum, { ms }) => sum + ms, 0)
  return (
    <div className="my-1.5">
      <div data-bar className="flex h-2 gap-px overflow-hidden rounded-full" aria-hidden>
        {parts.map(({ name, ms, look }) => (
          <span key={name} className={look} style={{ width: `${(ms / whole) * 100}%` }} />
        ))}
      </div>
      <p className="mt-1 flex flex-wrap gap-x-3 text-label text-secondary">
        {parts.map(({ name, ms, look }) => (
          <span key={name} className="inline-flex items-center gap-1">
            <span data-bar aria-hidden className={`size-2 rounded-[2px] ${look}`} />
            {name} {duration(ms)}
          </span>
        ))}
      </p>
    </div>
  )
}

const Tokens = ({ value }: { value: number | null }) =>
  value === null ? <span className="text-faint">unknown</span> : <span title={count(value)}>{compact(value)}</span>

export const Row = ({ name, children }: { name: string; children: ReactNode }) => (
  <div className="flex min-h-6 items-baseline gap-3">
    <span className="shrink-0 text-secondary">{name}</span>
    <span className="ml-auto min-w-0 text-right [overflow-wrap:anywhere]">{children}</span>
  </div>
)
