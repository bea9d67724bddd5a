import { Braces, X } from "lucide-react"
import type { ReactNode } from "react"
import type { Session, Turn, TurnMark } from "../../api/types"
import { link, quiet } from "../../components/classes"
import { Copy } from "../../components/Copy"
import { Link } from "../../components/Link"
import { Visible } from "../../components/text/Visible"
import { compact, cost, count } from "../../format/number"
import { shortId } from "../../format/text"
import { duration, moment } from "../../format/time"
import { turnMarkdown } from "../../layout/markdown"
import type { Detail } from "../../layout/turns"
import { paths } from "../../paths"
import { ScoreItem } from "../score/ScoreItem"

type TurnDetailsProps = {
  turn: Turn | undefined
  mark: TurnMark | undefined
  detail: Detail
  session: Session
  onClose?: () => void
}

/** One turn in numbers: wait time by kind, cost, tokens, models, scores, and links to its user, trace and errors. */
export function TurnDetails({ turn, mark, detail, session, onClose }: TurnDetailsProps) {
  if (!turn) return <p className="p-4 text-secondary">Select a turn to see its details.</p>
  return (
    <div className="flex flex-col gap-4 p-4">
      <header className="flex items-center gap-2">
        <h2 className="font-semibold">Turn {turn.n}</h2>
        <span className="ml-auto flex">
          <Copy text={() => turnMarkdown(turn, detail)} label="Copy turn as Markdown" />
          <Copy text={() => JSON.stringify(turn, null, 2)} label="Copy turn as JSON" icon={Braces} />
          {onClose && (
            <button type="button" className={quiet} onClick={onClose} aria-label="Close the details">
              <X size={14} aria-hidden />
            </button>
          )}
        </span>
      </header>
      <Times turn={turn} mark={mark?.turns === 1 ? mark : undefined} />
      <Usage turn={turn} />
      {turn.scores.length > 0 && (
        <section className="flex flex-col gap-2 border-t border-hairline pt-3">
          {turn.scores.map((score) => (
            <ScoreItem key={score.score_id} score={score} />
          ))}
        </section>
      )}
      <Links turn={turn} session={session} />
    </div>
  )
}

function Times({ turn, mark }: { turn: Turn; mark: TurnMark | undefined }) {
  return (
    <section>
      <Fact name="Wait time">
        <strong className="font-semibold">{duration(turn.wait_ms)}</strong>
      </Fact>
      {mark && turn.wait_ms > 0 && <WaitBar mark={mark} />}
      {turn.time_to_first_token_ms !== null && (
        <Fact name="Time to first token">{duration(turn.time_to_first_token_ms)}</Fact>
      )}
      {turn.think_ms !== null && <Fact name="Pause before">{duration(turn.think_ms)}</Fact>}
      <Fact name="Started">
        <time dateTime={turn.started_at}>{moment(turn.started_at)}</time>
      </Fact>
    </section>
  )
}

function Usage({ turn: { cost_usd, llm_calls, usage, models } }: { turn: Turn }) {
  return (
    <section className="border-t border-hairline pt-3">
      <Fact name="Cost">
        <strong className="font-semibold">{cost(cost_usd)}</strong>
      </Fact>
      <Fact name="LLM calls">{count(llm_calls)}</Fact>
      <Tokens name="Input tokens" value={usage.input_tokens} />
      {Boolean(usage.cached_tokens) && <Tokens name="of which cached" value={usage.cached_tokens} />}
      <Tokens name="Output tokens" value={usage.output_tokens} />
      {Boolean(usage.reasoning_tokens) && <Tokens name="of which reasoning" value={usage.reasoning_tokens} />}
      {models.length > 0 && <Fact name={models.length === 1 ? "Model" : "Models"}>{models.join(", ")}</Fact>}
    </section>
  )
}

function Links({ turn, session }: { turn: Turn; session: Session }) {
  return (
    <section className="border-t border-hairline pt-3">
      {turn.user_id !== null && (
        <Fact name="User">
          <Link className={link} href={paths.user(turn.user_id)}>
            <Visible text={(turn.user_id === session.user_id && session.user_name) || shortId(turn.user_id)} />
          </Link>
        </Fact>
      )}
      <Fact name="Trace">
        <Link className={link} href={paths.trace(turn.trace_id)}>
          <Visible text={turn.name || shortId(turn.trace_id)} />
        </Link>
      </Fact>
      {turn.errors.map((error) => (
        <Fact key={error.span_id} name="Failed span">
          <Link className="text-error underline underline-offset-2" href={paths.span(turn.trace_id, error.span_id)}>
            <Visible text={error.span_name} />
          </Link>
        </Fact>
      ))}
    </section>
  )
}

/** What the wait time was spent on. */
function WaitBar({ mark }: { mark: TurnMark }) {
  const shares = [
    { name: "model", ms: mark.model_ms, colour: "bg-llm" },
    { name: "tools", ms: mark.tool_ms, colour: "bg-tool" },
    { name: "other", ms: Math.max(0, mark.wait_ms - mark.model_ms - mark.tool_ms), colour: "bg-control" },
  ].filter(({ ms }) => ms > mark.wait_ms / 500)
  const whole = shares.reduce((sum, { ms }) => sum + ms, 0)
  return (
    <div className="my-1.5">
      <div data-bar className="flex h-2 gap-px overflow-hidden rounded-full" aria-hidden>
        {shares.map(({ name, ms, colour }) => (
          <span key={name} className={colour} style={{ width: `${(ms / whole) * 100}%` }} />
        ))}
      </div>
      <p className="mt-1 flex flex-wrap gap-x-3 text-label text-secondary">
        {shares.map(({ name, ms, colour }) => (
          <span key={name} className="inline-flex items-center gap-1">
            <span data-bar aria-hidden className={`size-2 rounded-[2px] ${colour}`} />
            {name} {duration(ms)}
          </span>
        ))}
      </p>
    </div>
  )
}

const Tokens = ({ name, value }: { name: string; value: number | null }) => (
  <Fact name={name}>
    {value === null ? <span className="text-faint">unknown</span> : <span title={count(value)}>{compact(value)}</span>}
  </Fact>
)

const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <div className="flex min-h-6 items-baseline gap-3">
    <span className="shrink-0 text-secondary">{name}</span>
    <span className="ml-auto min-w-0 text-right [overflow-wrap:anywhere]">{children}</span>
  </div>
)
