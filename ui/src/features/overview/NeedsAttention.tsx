/** The latest sessions in which something went wrong: an error, or a thumb down. */
import { useQuery } from "@tanstack/react-query"
import { headQuery } from "../../api/queries"
import type { Session } from "../../api/types"
import { plural } from "../../format/number"
import { paths } from "../../paths"
import { card, join, link } from "../../components/classes"
import { Link } from "../../components/Link"
import { Skeleton } from "../../components/States"
import { Ago } from "../../components/Time"
import { Visible } from "../../components/text/Visible"
import { Errors, Feedback, IdLink, rowLink } from "../list/cells"
import { sessionHref, sessionTitle } from "../list/sessions"

const ROWS = 8
const sort = "-last_activity"

export function Look({ from }: { from: string }) {
  const failed = useQuery(headQuery("sessions", { from, sort, filter: "errors>=1" }, ROWS))
  const disliked = useQuery(headQuery("sessions", { from, sort, filter: "feedback_down>=1" }, ROWS))
  const loading = failed.isPending || disliked.isPending
  const rows = latest([...(failed.data?.items ?? []), ...(disliked.data?.items ?? [])])
  return (
    <section aria-labelledby="look" className={join(card, "overflow-hidden")}>
      <header className="flex items-baseline gap-3 border-b border-hairline px-3 py-2">
        <h2 id="look" className="font-semibold">
          Worth a look
        </h2>
        <span className="text-small text-secondary max-sm:hidden">
          the latest sessions with an error or a thumb down
        </span>
        <span className="ml-auto flex gap-3 text-small">
          <Link href={`${paths.sessions}?from=${from}&filter=errors>=1`} className={link}>
            all with errors
          </Link>
          <Link href={`${paths.sessions}?from=${from}&filter=feedback_down>=1`} className={link}>
            all disliked
          </Link>
        </span>
      </header>
      {loading ? (
        <Skeleton lines={4} height={20} />
      ) : rows.length === 0 ? (
        <p className="px-3 py-6 text-center text-secondary">Nothing went wrong in this time, and nobody complained.</p>
      ) : (
        <ul>
          {rows.map((session) => (
            <li
              key={session.session_id}
              className="group flex min-h-9 items-center gap-3 border-b border-hairline px-3 py-1 last:border-b-0 hover:bg-hover"
            >
              <span className="min-w-0 flex-1">
                <Link href={sessionHref(session)} className={rowLink}>
                  <Visible text={sessionTitle(session)} />
                </Link>
              </span>
              <span className="flex w-24 shrink-0 items-center gap-3 text-small">
                {session.errors > 0 && <Errors value={session.errors} />}
                {session.feedback_down > 0 && <Feedback up={0} down={session.feedback_down} />}
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
          ))}
        </ul>
      )}
    </section>
  )
}

function latest(sessions: Session[]): Session[] {
  const each = new Map(sessions.map((session) => [session.session_id, session]))
  return [...each.values()].toSorted((a, b) => b.last_activity.localeCompare(a.last_activity)).slice(0, ROWS)
}
