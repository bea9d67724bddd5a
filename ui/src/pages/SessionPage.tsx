import { useQuery } from "@tanstack/react-query"
import { cachedRow } from "../api/cached"
import { sessionQuery } from "../api/queries"
import type { Session } from "../api/types"
import { Boundary, Fault, Skeleton } from "../components/States"
import { Visible } from "../components/text/Visible"
import { ConversationPanel } from "../features/conversation/ConversationPanel"
import { CopySession } from "../features/conversation/CopySession"
import { DetailSwitch } from "../features/conversation/DetailSwitch"
import { SessionSearch } from "../features/conversation/SessionSearch"
import { sessionTitle } from "../features/list/rows/sessions"
import { PageHead } from "../features/shell/PageHead"
import { SessionSummary } from "../features/summary/SessionSummary"
import { oneLine, shortId } from "../format/text"
import { paths } from "../paths"
import { usePathId } from "../state/path"
import { useRecentPage } from "../state/recent"
import { useSearch } from "../state/search"

export default function SessionPage() {
  const [, change] = useSearch()
  const sessionId = usePathId()
  const session = useQuery(sessionQuery(sessionId))
  const row: Session | undefined = session.data ?? cachedRow("sessions", (one) => one.session_id === sessionId)
  const title = row ? sessionTitle(row) : shortId(sessionId, 40)
  useRecentPage(paths.session(sessionId), title, row !== undefined)
  return (
    <>
      <PageHead
        title={oneLine(title, 80)}
        heading={<Visible text={oneLine(title, 120)} />}
        parent={{ href: paths.sessions, label: "Sessions" }}
      >
        {session.data && (
          <SessionSearch key={sessionId} sessionId={sessionId} onJump={(n) => change({ turn: String(n) }, "replace")} />
        )}
        <DetailSwitch />
        {session.data && <CopySession sessionId={sessionId} title={title} />}
      </PageHead>
      {session.error && !session.data ? (
        <Fault error={session.error} what="session" retry={() => void session.refetch()} />
      ) : (
        <>
          <SessionSummary session={row} />
          {session.data ? (
            <Boundary key={sessionId} what="conversation">
              <ConversationPanel session={session.data} />
            </Boundary>
          ) : (
            <Skeleton lines={7} height={28} gap={20} />
          )}
        </>
      )}
    </>
  )
}
