import { Boxes, Flag, Moon, Package, ThumbsDown, ThumbsUp, TriangleAlert, Undo2, type LucideIcon } from "lucide-react"
import type { JourneyEntry } from "../../api/types"
import { join } from "../../components/classes"
import { Link } from "../../components/Link"
import { Visible } from "../../components/text/Visible"
import { oneLine } from "../../format/text"
import { duration, moment } from "../../format/time"
import { paths } from "../../paths"
import { Timeline, type EntryProps } from "./Timeline"

type EventType = Exclude<JourneyEntry["type"], "session">

const events: Record<EventType, { Icon: LucideIcon; label: string; colour: string }> = {
  error: { Icon: TriangleAlert, label: "Error", colour: "text-error" },
  feedback: { Icon: ThumbsUp, label: "Feedback", colour: "text-good" },
  release: { Icon: Package, label: "First seen on release", colour: "text-secondary" },
  model: { Icon: Boxes, label: "First answer from", colour: "text-llm" },
  gap: { Icon: Moon, label: "No activity for", colour: "text-faint" },
  first: { Icon: Flag, label: "First seen", colour: "text-accent" },
  return: { Icon: Undo2, label: "Returned", colour: "text-accent" },
}

/** Anything on the timeline that is not a session, on one line. */
export function EventEntry({ entry, active, onFocus }: EntryProps) {
  const event = events[entry.type as EventType]
  if (!event) return null
  const negative = entry.type === "feedback" && entry.severity !== "none" && entry.severity !== "notice"
  const Icon = negative ? ThumbsDown : event.Icon
  const href = hrefOf(entry)
  const content = (
    <>
      <span className={negative || entry.type === "error" ? "text-error" : "text-faint"}>{event.label}</span>{" "}
      <span className={entry.type === "gap" ? "text-faint" : "text-secondary"}>
        <Visible text={oneLine(textOf(entry), 200)} />
      </span>
    </>
  )
  const layout = "min-w-0 flex-1 truncate px-2 py-1 text-small"
  return (
    <Timeline
      icon={<Icon size={13} aria-hidden className={negative ? "text-error" : event.colour} />}
      className="items-center"
      onFocus={onFocus}
    >
      {href ? (
        <Link href={href} className={join(layout, "rounded-control hover:bg-hover", active && "bg-selected")}>
          {content}
        </Link>
      ) : (
        <span className={layout}>{content}</span>
      )}
    </Timeline>
  )
}

function hrefOf({ trace_id, session_id }: JourneyEntry): string | null {
  if (trace_id) return paths.trace(trace_id)
  return session_id ? paths.session(session_id) : null
}

function textOf(entry: JourneyEntry): string {
  if (entry.type === "gap") return duration(entry.duration_ms)
  if (entry.type === "first") return moment(entry.at)
  return [entry.title, entry.text_in].filter(Boolean).join(" · ")
}
