import type { Session } from "../../api/types"
import { link } from "../../components/classes"
import { Link } from "../../components/Link"
import { Visible } from "../../components/text/Visible"
import { Ago } from "../../components/Time"
import { plural } from "../../format/number"
import { shortId } from "../../format/text"
import { duration } from "../../format/time"
import { paths } from "../../paths"
import { Cost, Feedback, hasFeedback, Status, Tokens } from "../list/rows/cells"
import { ErrorCount, Labels, SummaryBar } from "./SummaryBar"

const USERS_SHOWN = 3

export function SessionSummary({ session }: { session: Session | undefined }) {
  if (!session) return <SummaryBar />
  return (
    <SummaryBar>
      <Users session={session} />
      <Status status={session.status} />
      {session.outcome && <span>{session.outcome}</span>}
      <span>
        {plural(session.traces, "turn")} in {duration(session.duration_ms)}
      </span>
      <Cost row={session} />
      <span>
        <Tokens row={session} /> tokens
      </span>
      <ErrorCount errors={session.errors} />
      {hasFeedback(session) && <Feedback row={session} />}
      <Labels row={session} />
      <span className="ml-auto">
        last activity <Ago at={session.last_activity} />
      </span>
    </SummaryBar>
  )
}

function Users({ session: { users, user_id, user_name } }: { session: Session }) {
  if (users.length === 0) return <span className="text-faint">no user</span>
  const more = users.length - USERS_SHOWN
  return (
    <span>
      {users.slice(0, USERS_SHOWN).map((userId, index) => (
        <span key={userId}>
          {index > 0 && ", "}
          <Link href={paths.user(userId)} className={link} title={userId}>
            <Visible text={(userId === user_id && user_name) || shortId(userId, 28)} />
          </Link>
        </span>
      ))}
      {more > 0 && ` and ${more} more`}
    </span>
  )
}
