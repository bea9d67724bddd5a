import type { Session } from "../../api/types"
import { count, plural } from "../../format/number"
import { preview, shortId } from "../../format/text"
import { paths } from "../../paths"
import { Link } from "../../components/Link"
import type { Column } from "../../components/table/Table"
import { Ago } from "../../components/Time"
import { Visible } from "../../components/text/Visible"
import { Cost, Errors, Feedback, IdLink, Length, Models, rowLink, Status, Tokens, Words } from "./cells"

export const sessionKey = (session: Session): string => session.session_id
export const sessionHref = (session: Session): string => paths.session(session.session_id)

/** What stands for a session: its name, else the first thing that was said, else its id. */
export const sessionTitle = (session: Session): string =>
  session.name ?? (session.first_input ? preview(session.first_input, 120) : shortId(session.session_id, 40))

export const sessionColumns: Column<Session>[] = [
  {
    id: "session",
    title: "Session",
    width: 250,
    sort: "session_id",
    cell: (session) => (
      <Link href={sessionHref(session)} className={rowLink} title={session.session_id}>
        <Visible text={sessionTitle(session)} />
      </Link>
    ),
  },
  {
    id: "user",
    title: "User",
    width: 124,
    sort: "user_id",
    cell: (session) =>
      session.user_id === null ? (
        <span className="text-faint">–</span>
      ) : (
        <>
          <IdLink href={paths.user(session.user_id)} id={session.user_id} name={session.user_name} />
          {session.users.length > 1 && (
            <span className="ml-1 text-warning" title={session.users.join(", ")}>
              +{session.users.length - 1}
            </span>
          )}
        </>
      ),
  },
  {
    id: "last_output",
    title: "Last answer",
    width: 210,
    cell: (session) => <Words text={session.last_output} className="text-secondary" />,
  },
  { id: "status", title: "Status", width: 80, sort: "status", cell: (session) => <Status status={session.status} /> },
  { id: "outcome", title: "Outcome", width: 96, sort: "outcome", cell: (session) => <Words text={session.outcome} /> },
  {
    id: "last_activity",
    title: "Last activity",
    width: 100,
    sort: "last_activity",
    first: "down",
    cell: (session) => <Ago at={session.last_activity} />,
  },
  {
    id: "started_at",
    title: "Started",
    width: 104,
    sort: "started_at",
    first: "down",
    cell: (session) => <Ago at={session.started_at} />,
  },
  {
    id: "duration",
    title: "Duration",
    width: 86,
    right: true,
    sort: "duration_ms",
    cell: (session) => <Length ms={session.duration_ms} />,
  },
  { id: "turns", title: "Turns", width: 68, right: true, sort: "traces", cell: (session) => count(session.traces) },
  {
    id: "llm_calls",
    title: "LLM calls",
    width: 84,
    right: true,
    sort: "llm_calls",
    cell: (session) => count(session.llm_calls),
  },
  {
    id: "tool_calls",
    title: "Tool calls",
    width: 84,
    right: true,
    sort: "tool_calls",
    cell: (session) => count(session.tool_calls),
  },
  { id: "cost", title: "Cost", width: 94, right: true, sort: "cost_usd", cell: (session) => <Cost row={session} /> },
  {
    id: "tokens",
    title: "Tokens",
    width: 76,
    right: true,
    sort: "input_tokens",
    cell: (session) => <Tokens input={session.input_tokens} output={session.output_tokens} />,
  },
  {
    id: "errors",
    title: "Errors",
    width: 72,
    right: true,
    sort: "errors",
    cell: (session) => <Errors value={session.errors} />,
  },
  {
    id: "latency_p95",
    title: "LLM latency, 95th percentile",
    short: "p95",
    width: 76,
    right: true,
    sort: "latency_p95_ms",
    cell: (session) => <Length ms={session.latency_p95_ms} />,
  },
  {
    id: "feedback",
    title: "Feedback",
    width: 88,
    sort: "feedback_down",
    first: "down",
    cell: (session) => <Feedback up={session.feedback_up} down={session.feedback_down} />,
  },
  { id: "models", title: "Models", width: 150, cell: (session) => <Models models={session.models} /> },
  { id: "tags", title: "Tags", width: 140, cell: (session) => <Words text={session.tags.join(", ")} /> },
  { id: "environment", title: "Environment", width: 110, cell: (session) => <Words text={session.environment} /> },
  { id: "release", title: "Release", width: 90, cell: (session) => <Words text={session.release} /> },
]

export const usualSessionColumns = [
  "user",
  "last_output",
  "status",
  "last_activity",
  "duration",
  "turns",
  "cost",
  "errors",
  "feedback",
]

export const NarrowSession = (session: Session) => (
  <div className="flex flex-col gap-0.5 py-2">
    <span className="flex items-baseline gap-3">
      <Link href={sessionHref(session)} className={`${rowLink} min-w-0 flex-1 py-0.5`}>
        <Visible text={sessionTitle(session)} />
      </Link>
      <span className="shrink-0 text-small text-faint">
        <Ago at={session.last_activity} />
      </span>
    </span>
    <span className="flex items-center gap-3 overflow-hidden text-small text-secondary">
      {session.user_id !== null && (
        <span className="min-w-0 truncate">
          <Visible text={session.user_name ?? shortId(session.user_id, 18)} />
        </span>
      )}
      <span className="shrink-0">{plural(session.traces, "turn")}</span>
      <span className="shrink-0">
        <Cost row={session} />
      </span>
      {session.errors > 0 && <Errors value={session.errors} />}
      {session.feedback_up + session.feedback_down > 0 && (
        <Feedback up={session.feedback_up} down={session.feedback_down} />
      )}
    </span>
  </div>
)
