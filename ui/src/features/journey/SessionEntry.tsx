import { MessageSquare, TriangleAlert } from "lucide-react"
import type { JourneyEntry } from "../../api/types"
import { join } from "../../components/classes"
import { Link } from "../../components/Link"
import { Visible } from "../../components/text/Visible"
import { Clock } from "../../components/Time"
import { cost, plural } from "../../format/number"
import { preview } from "../../format/text"
import { duration } from "../../format/time"
import { paths } from "../../paths"
import { Timeline, type EntryProps } from "./Timeline"

/** A session: its first message, its last answer, and its figures. */
export function SessionEntry({ entry, active, onFocus }: EntryProps) {
  const failed = (entry.errors ?? 0) > 0
  const icon = failed ? (
    <TriangleAlert size={14} role="img" aria-label="with errors" className="text-error" />
  ) : (
    <MessageSquare size={14} aria-hidden className="text-accent" />
  )
  return (
    <Timeline icon={icon} className="pb-1" iconClassName="mt-2" onFocus={onFocus}>
      <Link
        href={entry.session_id === null ? "#" : paths.session(entry.session_id)}
        className={join(
          "group min-w-0 flex-1 rounded-card border border-transparent px-2 py-1.5",
          "hover:border-hairline hover:bg-raised",
          active && "bg-selected",
        )}
      >
        <span className="flex items-baseline gap-3">
          <span className="min-w-0 flex-1 truncate font-medium" dir="auto">
            <Visible text={preview(titleOf(entry), 160)} />
          </span>
          <span className="shrink-0 text-small text-faint">
            <Clock at={entry.at} />
          </span>
        </span>
        {entry.text_out && (
          <span className="block truncate text-secondary" dir="auto">
            <Visible text={preview(entry.text_out, 200)} />
          </span>
        )}
        <span className="flex flex-wrap gap-x-3 text-small text-faint">
          {entry.turns !== null && <span>{plural(entry.turns, "turn")}</span>}
          {entry.duration_ms !== null && <span>{duration(entry.duration_ms)}</span>}
          {entry.wait_ms !== null && <span>waited {duration(entry.wait_ms)}</span>}
          {entry.cost_usd !== null && <span>{cost(entry.cost_usd)}</span>}
          {failed && <span className="font-medium text-error">{plural(entry.errors ?? 0, "error")}</span>}
        </span>
      </Link>
    </Timeline>
  )
}

const titleOf = (entry: JourneyEntry): string => entry.text_in ?? entry.title ?? entry.session_id ?? ""
