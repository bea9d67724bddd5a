/** One turn as a person would read it. */
import { History, ScrollText } from "lucide-react"
import { memo } from "react"
import type { Turn } from "../../api/types"
import { count, plural } from "../../format/number"
import { oneLine } from "../../format/text"
import { day, duration } from "../../format/time"
import { FOLD_FROM_MS } from "../../layout/strip"
import { itemsOf, type Density } from "../../layout/turns"
import { paths } from "../../paths"
import { join } from "../../components/classes"
import { Link } from "../../components/Link"
import { LongText } from "../../components/text/LongText"
import { Visible } from "../../components/text/Visible"
import { Fold, ItemView } from "./items/ItemView"

type TurnViewProps = { turn: Turn; before: Turn | undefined; density: Density; marked: boolean }

export const TurnView = memo(function TurnView({ turn, before, density, marked }: TurnViewProps) {
  const items = itemsOf(turn, density)
  const prompt = turn.system_prompt
  const newDay = before === undefined || day(before.started_at) !== day(turn.started_at)
  const otherUser = before !== undefined && before.user_id !== turn.user_id && turn.user_id !== null
  return (
    <section
      aria-label={`Turn ${turn.n}`}
      className={join(
        "flex flex-col gap-3 border-l-2 px-4 py-3 sm:px-6",
        marked ? "border-accent" : "border-transparent",
      )}
    >
      {newDay ? (
        <Rule>
          {day(turn.started_at)}
          {before && turn.think_ms !== null && turn.think_ms > FOLD_FROM_MS
            ? ` · ${duration(turn.think_ms)} later`
            : ""}
        </Rule>
      ) : (
        <Pause ms={turn.think_ms} />
      )}
      {otherUser && (
        <Rule>
          now <Visible text={oneLine(turn.user_id ?? "", 40)} />
        </Rule>
      )}
      {prompt && (prompt.changed || density === "all") && (
        <Fold
          icon={<ScrollText size={13} aria-hidden className="text-faint" />}
          label={<span className="text-secondary">System prompt{prompt.changed ? " · changed here" : ""}</span>}
          summary={oneLine(prompt.text, 140)}
          aside={`${count(prompt.text.length)} characters`}
        >
          <LongText text={prompt.text} mono={false} />
        </Fold>
      )}
      {(density === "all" || turn.earlier.rewritten) && turn.earlier.count > 0 && (
        <p
          className={join("flex items-center gap-2 text-small", turn.earlier.rewritten ? "text-warning" : "text-faint")}
        >
          <History size={13} aria-hidden />
          {plural(turn.earlier.count, "earlier message")} sent along
          {turn.earlier.rewritten ? ", and they differ from what was said then" : ""}
        </p>
      )}
      {items.map((item) => (
        <ItemView key={item.key} item={item} traceId={turn.trace_id} model={turn.models.at(-1) ?? null} />
      ))}
      {items.length === 0 && (
        <p className="text-secondary">
          <Link href={paths.trace(turn.trace_id)} className="font-medium hover:text-accent hover:underline">
            <Visible text={turn.name} />
          </Link>
          <span className="text-faint"> · nothing was said · {duration(turn.duration_ms)}</span>
        </p>
      )}
      <p className="flex flex-wrap items-center gap-x-3 text-label text-faint">
        <span>turn {turn.n}</span>
        <span>
          waited {duration(turn.wait_ms)}
          {turn.time_to_first_token_ms !== null && `, first word after ${duration(turn.time_to_first_token_ms)}`}
        </span>
        {density === "talk" && turn.tools.length > 0 && <span>{plural(turn.tools.length, "tool call")}</span>}
        <Link href={paths.trace(turn.trace_id)} className="hover:text-accent hover:underline">
          trace
        </Link>
      </p>
    </section>
  )
})

// What the person did between two turns: short pauses are a figure, long ones a line.
function Pause({ ms }: { ms: number | null }) {
  if (ms === null || ms < 1_000) return null
  if (ms > FOLD_FROM_MS) return <Rule>{duration(ms)} later</Rule>
  return <p className="text-center text-label text-faint">{duration(ms)} until the next message</p>
}

const Rule = ({ children }: { children: React.ReactNode }) => (
  <p className="flex items-center gap-3 py-1 text-label text-secondary before:h-px before:flex-1 before:bg-hairline after:h-px after:flex-1 after:bg-hairline">
    <span>{children}</span>
  </p>
)
