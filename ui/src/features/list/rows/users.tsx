import type { User } from "../../../api/types"
import { Link } from "../../../components/Link"
import type { Column } from "../../../components/table/column"
import { Ago } from "../../../components/Time"
import { plural } from "../../../format/number"
import { paths } from "../../../paths"
import { derivedHint, UserName } from "../../user/UserName"
import { Cost, Errors, Feedback, hasFeedback, rowLink } from "./cells"
import { countOf, shared, timeOf } from "./columns"
import { NarrowRow } from "./NarrowRow"

export const userKey = (user: User): string => user.user_id
export const userHref = (user: User): string => paths.user(user.user_id)

const nameCell = (user: User) => (
  <Link
    href={userHref(user)}
    className={rowLink}
    title={user.derived ? `${user.user_id} (${derivedHint})` : user.user_id}
  >
    <UserName userId={user.user_id} traits={user.traits} />
  </Link>
)

export const userColumns: Column<User>[] = [
  { id: "user", title: "User", width: 260, sort: "user_id", cell: nameCell },
  { id: "last_seen", title: "Last seen", width: 104, ...timeOf("last_seen") },
  { id: "first_seen", title: "First seen", width: 104, ...timeOf("first_seen") },
  { id: "sessions", title: "Sessions", width: 84, ...countOf("sessions") },
  { id: "traces", title: "Traces", width: 76, ...countOf("traces") },
  shared.llmCalls,
  shared.cost,
  shared.tokens,
  shared.toolCalls,
  shared.errors,
  shared.latencyP50,
  shared.latencyP95,
  shared.feedback,
  shared.models,
]

export const defaultUserColumns = [
  "last_seen",
  "sessions",
  "traces",
  "cost",
  "tokens",
  "errors",
  "latency_p95",
  "feedback",
  "models",
]

export const narrowUser = (user: User) => (
  <NarrowRow
    href={userHref(user)}
    title={<UserName userId={user.user_id} traits={user.traits} />}
    time={<Ago at={user.last_seen} />}
  >
    <span>{plural(user.sessions, "session")}</span>
    <Cost row={user} />
    {user.errors > 0 && <Errors value={user.errors} />}
    {hasFeedback(user) && <Feedback row={user} />}
  </NarrowRow>
)
