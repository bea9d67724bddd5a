import type { Session } from "../../../api/types"
import { Link } from "../../../components/Link"
import type { Column } from "../../../components/table/column"
import { Visible } from "../../../components/text/Visible"
import { Ago } from "../../../components/Time"
import { plural } from "../../../format/number"
import { preview, shortId } from "../../../format/text"
import { paths } from "../../../paths"
import { Cost, Errors, Feedback, hasFeedback, IdLink, none, rowLink, Status } from "./cells"
import { countOf, durationOf, previewOf, shared, timeOf } from "./columns"
import { NarrowRow } from "./NarrowRow"

export const sessionKey = (session: Session): string => session.session_id
export const sessionHref = (session: Session): string => paths.session(session.session_id)

/** The session's name, else its first message, else its id. */
export const sessionTitle = (session: Session): string =>
  session.name ?? (session.first_input ? preview(session.first_input, 120) : shortId(session.session_id, 40))

const titleCell = (session: Session) => (
  <Link href={sessionHref(session)} className={rowLink} title={session.session_id}>
    <Visible text={sessionTitle(session)} />
  </Link>
)

const usersCell = ({ user_id, user_name, users }: Session) =>
  user_id === null ? (
    none
  ) : (
    <>
      <IdLink href={paths.user(user_id)} id={user_id} name={user_name} />
      {users.length > 1 && (
        <span className="ml-1 text-warning" title={users.join(", ")}>
          +{users.length - 1}
        </span>
      )}
    </>
  )

export const sessionColumns: Column<Session>[] = [
  { id: "session", title: "Session", width: 250, sort: "session_id", cell: titleCell },
  { id: "user", title: "User", width: 124, sort: "user_id", cell: usersCell },
  { id: "last_output", title: "Last answer", width: 210, ...previewOf("last_output", "text-secondary") },
  { id: "status", title: "Status", width: 80, sort: "status", cell: ({ status }) => <Status status={status} /> },
  { id: "outcome", title: "Outcome", width: 96, sort: "outcome", ...previewOf("outcome") },
  { id: "last_activity", title: "Last activity", width: 100, ...timeOf("last_activity") },
  { id: "started_at", title: "Started", width: 104, ...timeOf("started_at") },
  { id: "duration", title: "Duration", width: 86, ...durationOf("duration_ms") },
  { id: "turns", title: "Turns", width: 68, ...countOf("traces") },
  shared.llmCalls,
  shared.toolCalls,
  shared.cost,
  shared.tokens,
  shared.errors,
  shared.latencyP95,
  shared.feedback,
  shared.models,
  shared.tags,
  shared.environment,
  shared.release,
]

export const defaultSessionColumns = [
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

export const narrowSession = (session: Session) => (
  <NarrowRow
    href={sessionHref(session)}
    title={<Visible text={sessionTitle(session)} />}
    time={<Ago at={session.last_activity} />}
  >
    {session.user_id !== null && (
      <span className="min-w-0 shrink! truncate">
        <Visible text={session.user_name ?? shortId(session.user_id, 18)} />
      </span>
    )}
    <span>{plural(session.traces, "turn")}</span>
    <Cost row={session} />
    {session.errors > 0 && <Errors value={session.errors} />}
    {hasFeedback(session) && <Feedback row={session} />}
  </NarrowRow>
)
