import type { User } from "../../api/types"
import { count, plural } from "../../format/number"
import { paths } from "../../paths"
import { Link } from "../../components/Link"
import type { Column } from "../../components/table/Table"
import { Ago } from "../../components/Time"
import { Cost, Errors, Feedback, Length, Models, rowLink, Tokens, UserName } from "./cells"

export const userKey = (user: User): string => user.user_id
export const userHref = (user: User): string => paths.user(user.user_id)

export const userColumns: Column<User>[] = [
  {
    id: "user",
    title: "User",
    width: 260,
    sort: "user_id",
    cell: (user) => (
      <Link
        href={userHref(user)}
        className={rowLink}
        title={user.derived ? `${user.user_id} (named only by the provider's end-user field)` : user.user_id}
      >
        <UserName userId={user.user_id} traits={user.traits} />
      </Link>
    ),
  },
  {
    id: "last_seen",
    title: "Last seen",
    width: 104,
    sort: "last_seen",
    first: "down",
    cell: (user) => <Ago at={user.last_seen} />,
  },
  {
    id: "first_seen",
    title: "First seen",
    width: 104,
    sort: "first_seen",
    first: "down",
    cell: (user) => <Ago at={user.first_seen} />,
  },
  { id: "sessions", title: "Sessions", width: 84, right: true, sort: "sessions", cell: (user) => count(user.sessions) },
  { id: "traces", title: "Traces", width: 76, right: true, sort: "traces", cell: (user) => count(user.traces) },
  {
    id: "llm_calls",
    title: "LLM calls",
    width: 84,
    right: true,
    sort: "llm_calls",
    cell: (user) => count(user.llm_calls),
  },
  { id: "cost", title: "Cost", width: 94, right: true, sort: "cost_usd", cell: (user) => <Cost row={user} /> },
  {
    id: "tokens",
    title: "Tokens",
    width: 80,
    right: true,
    sort: "input_tokens",
    cell: (user) => <Tokens input={user.input_tokens} output={user.output_tokens} />,
  },
  {
    id: "tool_calls",
    title: "Tool calls",
    width: 84,
    right: true,
    sort: "tool_calls",
    cell: (user) => count(user.tool_calls),
  },
  {
    id: "errors",
    title: "Errors",
    width: 76,
    right: true,
    sort: "errors",
    cell: (user) => <Errors value={user.errors} />,
  },
  {
    id: "latency_p50",
    title: "LLM latency, median",
    short: "p50",
    width: 76,
    right: true,
    sort: "latency_p50_ms",
    cell: (user) => <Length ms={user.latency_p50_ms} />,
  },
  {
    id: "latency_p95",
    title: "LLM latency, 95th percentile",
    short: "p95",
    width: 76,
    right: true,
    sort: "latency_p95_ms",
    cell: (user) => <Length ms={user.latency_p95_ms} />,
  },
  {
    id: "feedback",
    title: "Feedback",
    width: 92,
    sort: "feedback_down",
    first: "down",
    cell: (user) => <Feedback up={user.feedback_up} down={user.feedback_down} />,
  },
  { id: "models", title: "Models", width: 180, cell: (user) => <Models models={user.models} /> },
]

export const usualUserColumns = [
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

export const NarrowUser = (user: User) => (
  <div className="flex flex-col gap-0.5 py-2">
    <span className="flex items-baseline gap-3">
      <Link href={userHref(user)} className={`${rowLink} min-w-0 flex-1 py-0.5`}>
        <UserName userId={user.user_id} traits={user.traits} />
      </Link>
      <span className="shrink-0 text-small text-faint">
        <Ago at={user.last_seen} />
      </span>
    </span>
    <span className="flex items-center gap-3 text-small text-secondary">
      <span>{plural(user.sessions, "session")}</span>
      <span>
        <Cost row={user} />
      </span>
      {user.errors > 0 && <Errors value={user.errors} />}
      {user.feedback_up + user.feedback_down > 0 && <Feedback up={user.feedback_up} down={user.feedback_down} />}
    </span>
  </div>
)
