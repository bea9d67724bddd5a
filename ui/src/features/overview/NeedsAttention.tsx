/** The latest sessions with an error or negative feedback. */
import { useQuery } from "@tanstack/react-query"
import { headQuery } from "../../api/queries"
import type { Session } from "../../api/types"
import { card, join, link } from "../../components/classes"
import { Link } from "../../components/Link"
import { Skeleton } from "../../components/States"
import { Visible } from "../../components/text/Visible"
import { Ago } from "../../components/Time"
import { plural } from "../../format/number"
import { paths } from "../../paths"
import { Errors, Feedback, IdLink, rowLink } from "../list/rows/cells"
import { sessionHref, sessionTitle } from "../list/rows/sessions"

const MOST_ROWS = 8
const withErrors = "errors>=1"
const withNegativeFeedback = "feedback_down>=1"

export function NeedsAttention({ from }: { from: string }) {
  const parameters = { from, sort: "-last_activity" }
  const failed = useQuery(headQuery("sessions", { ...parameters, filter: withErrors }, MOST_ROWS))
  const disliked = useQuery(headQuery("sessions", { ...parameters, filter: withNegativeFeedback }, MOST_ROWS))
  const loading = failed.isPending || disliked.isPending
  const rows = latest([...(failed.data?.items ?? []), ...(disliked.data?.items ?? [])])
  return (
    <section aria-labelledby="needs-attention" className={join(card, "overflow-hidden")}>
      <header className="flex items-baseline gap-3 border-b border-hairline px-3 py-2">
        <h2 id="needs-attention" className="font-semibold">
          Needs attention
        </h2>
        <span className="text-small text-secondary max-sm:hidden">
          the latest sessions with errors or negative feedback
        </span>
        <span className="ml-auto flex gap-3 text-small">
          <Link href={paths.list("sessions", { from, filter: withErrors })} className={link}>
            all with errors
          </Link>
          <Link href={paths.list("sessions", { from, filter: withNegativeFeedback })} className={link}>
            all with negative feedback
          </Link>
        </span>
      </header>
      {loading ? (
        <Skeleton lines={4} height={20} />
      ) : rows.length === 0 ? (
        <p className="px-3 py-6 text-center text-secondary">No errors and no negative feedback in this period.</p>
      ) : (
        <ul>
          {rows.map((session) => (
            <SessionRow key={session.session_id} session={session} />
          ))}
        </ul>
      )}
    </section>
  )
}

const row = "group flex min-h-9 items-center gap-3 border-b border-hairline px-3 py-1 last:border-b-0 hover:bg-hover"

const SessionRow = ({ session }: { session: Session }) => (
  <li className={row}>
    <span className="min-w-0 flex-1">
      <Link href={sessionHref(session)} className={rowLink}>
        <Visible text={sessionTitle(session)} />
      </Link>
    </span>
    <span className="flex w-24 shrink-0 items-center gap-3 text-small">
      {session.errors > 0 && <Errors value={session.errors} />}
      {session.feedback_down > 0 && <Feedback row={{ feedback_up: 0, feedback_down: session.feedback_down }} />}
    </span>
    <span className="w-28 shrink-0 truncate text-small max-md:hidden">
      {session.user_id === null ? (
        <span className="text-faint">no user</span>
      ) : (
        <IdLink href={paths.user(session.user_id)} id={session.user_id} name={session.user_name} />
      )}
    </span>
    <span className="w-16 shrink-0 text-right text-small text-secondary max-md:hidden">
      {plural(session.traces, "turn")}
    </span>
    <span className="w-20 shrink-0 text-right text-small text-faint">
      <Ago at={session.last_activity} />
    </span>
  </li>
)

function latest(sessions: Session[]): Session[] {
  const byId = new Map(sessions.map((session) => [session.session_id, session]))
  return [...byId.values()].toSorted((a, b) => b.last_activity.localeCompare(a.last_activity)).slice(0, MOST_ROWS)
}
