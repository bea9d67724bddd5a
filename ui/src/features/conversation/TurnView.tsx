/** One turn of the conversation. */
import { History, ScrollText } from "lucide-react"
import { memo, type ReactNode } from "react"
import type { Turn } from "../../api/types"
import { count, plural } from "../../format/number"
import { oneLine } from "../../format/text"
import { day, duration } from "../../format/time"
import { FOLD_FROM_MS } from "../../layout/strip"
import { itemsOf, type Detail } from "../../layout/turns"
import { paths } from "../../paths"
import { join } from "../../components/classes"
import { Link } from "../../components/Link"
import { LongText } from "../../components/text/LongText"
import { Visible } from "../../components/text/Visible"
import { Fold } from "./items/Fold"
import { ItemView } from "./items/ItemView"

type TurnViewProps = { turn: Turn; before: Turn | undefined; detail: Detail; selected: boolean }

export const TurnView = memo(function TurnView({ turn, before, detail, selected }: TurnViewProps) {
  const items = itemsOf(turn, detail)
  const prompt = turn.system_prompt
  const newDay = before === undefined || day(before.started_at) !== day(turn.started_at)
  const otherUser = before !== undefined && before.user_id !== turn.user_id && turn.user_id !== null
  return (
    <section
      aria-label={`Turn ${turn.n}`}
      className={join(
        "flex flex-col gap-3 border-l-2 px-4 py-3 sm:px-6",
        selected ? "border-accent" : "border-transparent",
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
          user <Visible text={oneLine(turn.user_id ?? "", 40)} />
        </Rule>
      )}
      {prompt && (prompt.changed || detail === "all") && (
        <Fold
          icon={<ScrollText size={13} aria-hidden className="text-faint" />}
          label={<span className="text-secondary">System prompt{prompt.changed ? " · changed" : ""}</span>}
          summary={oneLine(prompt.text, 140)}
          aside={`${count(prompt.text.length)} characters`}
        >
          <LongText text={prompt.text} mono={false} />
        </Fold>
      )}
      {(detail === "all" || turn.earlier.rewritten) && turn.earlier.count > 0 && (
        <p
          className={join("flex items-center gap-2 text-small", turn.earlier.rewritten ? "text-warning" : "text-faint")}
        >
          <History size={13} aria-hidden />
          {plural(turn.earlier.count, "earlier message")} sent again
          {turn.earlier.rewritten ? ", different from the originals" : ""}
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
          <span className="text-faint"> · no messages · {duration(turn.duration_ms)}</span>
        </p>
      )}
      <p className="flex flex-wrap items-center gap-x-3 text-label text-faint">
        <span>turn {turn.n}</span>
        <span>
          waited {duration(turn.wait_ms)}
          {turn.time_to_first_token_ms !== null && `, first token after ${duration(turn.time_to_first_token_ms)}`}
        </span>
        {detail === "talk" && turn.tools.length > 0 && <span>{plural(turn.tools.length, "tool call")}</span>}
        <Link href={paths.trace(turn.trace_id)} className="hover:text-accent hover:underline">
          trace
        </Link>
      </p>
    </section>
  )
})

// The user's pause before a turn: a short one is a line of text, a long one a rule.
function Pause({ ms }: { ms: number | null }) {
  if (ms === null || ms < 1_000) return null
  if (ms > FOLD_FROM_MS) return <Rule>{duration(ms)} later</Rule>
  return <p className="text-center text-label text-faint">{duration(ms)} until the next message</p>
}

const rule = join(
  "flex items-center gap-3 py-1 text-label text-secondary",
  "before:h-px before:flex-1 before:bg-hairline after:h-px after:flex-1 after:bg-hairline",
)

/** A text in the middle of a horizontal line. */
const Rule = ({ children }: { children: ReactNode }) => (
  <p className={rule}>
    <span>{children}</span>
  </p>
)
