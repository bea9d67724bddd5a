/** The three lists: of a whole project, or of one user. */
import { queryClient, type Parameters } from "../../api/client"
import { sessionQuery, traceQuery, turnsQuery, userQuery } from "../../api/queries"
import { ResourceList } from "./ResourceList"
import { defaultSessionColumns, narrowSession, sessionColumns, sessionHref, sessionKey } from "./rows/sessions"
import { defaultTraceColumns, narrowTrace, traceColumns, traceHref, traceKey } from "./rows/traces"
import { defaultUserColumns, narrowUser, userColumns, userHref, userKey } from "./rows/users"

/** `fixed` parameters restrict an embedded list, which then needs no column for them. */
type EmbeddedProps = { fixed?: Parameters; embedded?: boolean; hiddenColumn?: string }

const isNot = (hidden: string | undefined) => (id: string) => id !== hidden

export const UserList = () => (
  <ResourceList
    resource="users"
    title="Users"
    noun="user"
    columns={userColumns}
    defaultColumns={defaultUserColumns}
    defaultSort="-last_seen"
    keyOf={userKey}
    hrefOf={userHref}
    narrow={narrowUser}
    onPrefetch={({ user_id }) => void queryClient.prefetchQuery(userQuery(user_id))}
  />
)

export const SessionList = ({ hiddenColumn, ...rest }: EmbeddedProps) => (
  <ResourceList
    resource="sessions"
    title="Sessions"
    noun="session"
    columns={sessionColumns}
    defaultColumns={defaultSessionColumns.filter(isNot(hiddenColumn))}
    defaultSort="-last_activity"
    keyOf={sessionKey}
    hrefOf={sessionHref}
    narrow={narrowSession}
    onPrefetch={({ session_id }) => {
      void queryClient.prefetchQuery(sessionQuery(session_id))
      void queryClient.prefetchQuery(turnsQuery(session_id, 0))
    }}
    {...rest}
  />
)

export const TraceList = ({ hiddenColumn, ...rest }: EmbeddedProps) => (
  <ResourceList
    resource="traces"
    title="Traces"
    noun="trace"
    columns={traceColumns}
    defaultColumns={defaultTraceColumns.filter(isNot(hiddenColumn))}
    defaultSort="-started_at"
    keyOf={traceKey}
    hrefOf={traceHref}
    narrow={narrowTrace}
    onPrefetch={({ trace_id }) => void queryClient.prefetchQuery(traceQuery(trace_id))}
    {...rest}
  />
)
