/** The three lists, whole or of one user. */
import { queryClient, type Parameters } from "../../api/client"
import { sessionQuery, traceQuery, turnsQuery, userQuery } from "../../api/queries"
import { ResourceList } from "./ResourceList"
import { NarrowSession, sessionColumns, sessionHref, sessionKey, usualSessionColumns } from "./sessions"
import { NarrowTrace, traceColumns, traceHref, traceKey, usualTraceColumns } from "./traces"
import { NarrowUser, userColumns, userHref, userKey, usualUserColumns } from "./users"

type Part = { fixed?: Parameters; embedded?: boolean; without?: string }

const isNot = (without: string | undefined) => (id: string) => id !== without

export const UserList = () => (
  <ResourceList
    resource="users"
    title="Users"
    noun="user"
    columns={userColumns}
    usual={usualUserColumns}
    usualSort="-last_seen"
    keyOf={userKey}
    hrefOf={userHref}
    narrow={NarrowUser}
    onPrefetch={({ user_id }) => void queryClient.prefetchQuery(userQuery(user_id))}
  />
)

export const SessionList = ({ without, ...rest }: Part) => (
  <ResourceList
    resource="sessions"
    title="Sessions"
    noun="session"
    columns={sessionColumns}
    usual={usualSessionColumns.filter(isNot(without))}
    usualSort="-last_activity"
    keyOf={sessionKey}
    hrefOf={sessionHref}
    narrow={NarrowSession}
    onPrefetch={({ session_id }) => {
      void queryClient.prefetchQuery(sessionQuery(session_id))
      void queryClient.prefetchQuery(turnsQuery(session_id, 0))
    }}
    {...rest}
  />
)

export const TraceList = ({ without, ...rest }: Part) => (
  <ResourceList
    resource="traces"
    title="Traces"
    noun="trace"
    columns={traceColumns}
    usual={usualTraceColumns.filter(isNot(without))}
    usualSort="-started_at"
    keyOf={traceKey}
    hrefOf={traceHref}
    narrow={NarrowTrace}
    onPrefetch={({ trace_id }) => void queryClient.prefetchQuery(traceQuery(trace_id))}
    {...rest}
  />
)
