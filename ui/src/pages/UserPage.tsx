import { useQuery } from "@tanstack/react-query"
import { useEffect, useMemo } from "react"
import { userQuery } from "../api/queries"
import type { User } from "../api/types"
import { compact, cost, count, plural } from "../format/number"
import { asText, oneLine, shortId } from "../format/text"
import { duration } from "../format/time"
import { cachedRow } from "../api/cached"
import { EraseUser } from "../features/erase/EraseUser"
import { Figures } from "../components/Figures"
import { Journey } from "../features/journey/Journey"
import { Feedback, nameOf } from "../features/list/cells"
import { SessionList, TraceList } from "../features/list/lists"
import { PageHead } from "../features/shell/PageHead"
import { paths } from "../paths"
import { usePathId } from "../state/path"
import { notePlace } from "../state/recent"
import { chip, join, link } from "../components/classes"
import { Copy } from "../components/Copy"
import { Link } from "../components/Link"
import { Boundary, Fault } from "../components/States"
import { Tabs, useTab } from "../components/Tabs"
import { Ago } from "../components/Time"
import { Visible } from "../components/text/Visible"

const tabs = [
  { id: "journey", label: "Journey" },
  { id: "sessions", label: "Sessions" },
  { id: "traces", label: "Traces" },
] as const

export default function UserPage() {
  const userId = usePathId()
  const user = useQuery({
    ...userQuery(userId),
    placeholderData: () => cachedRow("users", (row) => row.user_id === userId),
  })
  const [tab, setTab] = useTab(tabs)
  const fixed = useMemo(() => ({ user: userId }), [userId])
  const name = nameOf(user.data?.traits) ?? shortId(userId, 40)
  const known = user.data !== undefined
  useEffect(() => {
    if (known) notePlace({ href: paths.user(userId), title: name })
  }, [known, userId, name])

  return (
    <>
      <PageHead
        title={name}
        heading={<Visible text={name} />}
        lead={
          <nav aria-label="Above this page" className="order-first flex items-center gap-2 text-secondary">
            <Link href={paths.users} className={link}>
              Users
            </Link>
            <span aria-hidden>/</span>
          </nav>
        }
      >
        <Copy text={userId} label="Copy the user's id" words="Copy id" />
        {known && <EraseUser userId={user.data?.user_id ?? userId} />}
      </PageHead>
      {user.error && !user.data ? (
        <Fault error={user.error} what="user" retry={() => void user.refetch()} />
      ) : (
        <>
          <About userId={userId} user={user.data} />
          <Numbers userId={userId} user={user.data} />
          <Tabs label="Of this user" tabs={tabs} active={tab} onChange={setTab} panel="user-panel" />
          <div
            id="user-panel"
            role="tabpanel"
            aria-labelledby={`user-panel-${tab}`}
            className="flex min-h-0 flex-1 flex-col"
          >
            <Boundary key={`${userId} ${tab}`} what={tab}>
              {tab === "journey" && <Journey userId={userId} />}
              {tab === "sessions" && <SessionList fixed={fixed} embedded without="user" />}
              {tab === "traces" && <TraceList fixed={fixed} embedded without="user" />}
            </Boundary>
          </div>
        </>
      )}
    </>
  )
}

function About({ userId, user }: { userId: string; user: User | undefined }) {
  if (!user) return <div className="h-9 shrink-0 border-b border-hairline px-4 py-2" aria-hidden />
  const traits = Object.entries(user.traits).filter(([key]) => key !== "name" || nameOf(user.traits) === null)
  return (
    <div className="flex min-h-9 shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-b border-hairline px-4 py-1.5 text-small text-secondary">
      <span className="min-w-0 truncate font-mono">
        <Visible text={shortId(userId, 70)} />
      </span>
      {traits.slice(0, 8).map(([key, value]) => (
        <span key={key} className={join(chip, "bg-inset text-secondary")}>
          <span className="text-faint">{key}</span>{" "}
          <span className="truncate">
            <Visible text={oneLine(asText(value, 0), 60)} />
          </span>
        </span>
      ))}
      {user.aliases.length > 0 && (
        <span className="min-w-0 truncate">
          also known as <Visible text={user.aliases.map((id) => shortId(id, 24)).join(", ")} />
        </span>
      )}
      {user.derived && (
        <span
          className={join(chip, "bg-warning-tint text-warning")}
          title="The application itself never named this user"
        >
          named only by the provider's end-user field
        </span>
      )}
      <span className="ml-auto shrink-0 max-sm:ml-0">
        first seen <Ago at={user.first_seen} />, last <Ago at={user.last_seen} />
      </span>
    </div>
  )
}

function Numbers({ userId, user }: { userId: string; user: User | undefined }) {
  const here = paths.user(userId)
  const waiting = <span className="skeleton inline-block h-5 w-14 align-middle" />
  return (
    <Figures
      figures={[
        {
          label: "Sessions",
          value: user ? count(user.sessions) : waiting,
          href: `${here}?tab=sessions`,
          note: user && `${count(user.traces)} traces`,
        },
        {
          label: "Cost",
          value: user
            ? user.llm_calls > 0 && user.unpriced_calls >= user.llm_calls
              ? "–"
              : cost(user.cost_usd)
            : waiting,
          note:
            user &&
            (user.unpriced_calls > 0
              ? `${plural(user.unpriced_calls, "call")} without a price`
              : `${count(user.llm_calls)} LLM calls`),
        },
        {
          label: "Tokens",
          value: user ? compact(user.input_tokens + user.output_tokens) : waiting,
          note: user && `${compact(user.input_tokens)} in, ${compact(user.output_tokens)} out`,
        },
        {
          label: "Errors",
          value: user ? (
            <span className={user.errors > 0 ? "text-error" : undefined}>{count(user.errors)}</span>
          ) : (
            waiting
          ),
          href: `${here}?tab=traces&filter=errors>=1`,
          note: user && `${count(user.tool_calls)} tool calls`,
        },
        {
          label: "LLM latency",
          value: user ? duration(user.latency_p50_ms) : waiting,
          note: user && `95 % within ${duration(user.latency_p95_ms)}`,
        },
        {
          label: "Feedback",
          value: user ? <Feedback up={user.feedback_up} down={user.feedback_down} /> : waiting,
          note: user && `${count(user.feedback_up + user.feedback_down)} in all`,
        },
      ]}
    />
  )
}
