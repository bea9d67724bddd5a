import { useQuery } from "@tanstack/react-query"
import { useMemo } from "react"
import { cachedRow } from "../api/cached"
import { userQuery } from "../api/queries"
import { Copy } from "../components/Copy"
import { Figures } from "../components/Figures"
import { Boundary, Fault } from "../components/States"
import { Tabs, useTab } from "../components/Tabs"
import { Visible } from "../components/text/Visible"
import { EraseUser } from "../features/erase/EraseUser"
import { Journey } from "../features/journey/Journey"
import { SessionList, TraceList } from "../features/list/lists"
import { PageHead } from "../features/shell/PageHead"
import { figuresOf } from "../features/user/figures"
import { UserFacts } from "../features/user/UserFacts"
import { nameOf } from "../features/user/UserName"
import { shortId } from "../format/text"
import { paths } from "../paths"
import { usePathId } from "../state/path"
import { useRecentPage } from "../state/recent"

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
  useRecentPage(paths.user(userId), name, known)
  return (
    <>
      <PageHead title={name} heading={<Visible text={name} />} parent={{ href: paths.users, label: "Users" }}>
        <Copy text={userId} label="Copy user id" words="Copy id" />
        {known && <EraseUser userId={user.data?.user_id ?? userId} />}
      </PageHead>
      {user.error && !user.data ? (
        <Fault error={user.error} what="user" retry={() => void user.refetch()} />
      ) : (
        <>
          <UserFacts userId={userId} user={user.data} />
          <Figures figures={figuresOf(userId, user.data)} />
          <Tabs label="Activity of this user" tabs={tabs} active={tab} onChange={setTab} panel="user-panel" />
          <div
            id="user-panel"
            role="tabpanel"
            aria-labelledby={`user-panel-${tab}`}
            className="flex min-h-0 flex-1 flex-col"
          >
            <Boundary key={`${userId} ${tab}`} what={tab}>
              {tab === "journey" && <Journey userId={userId} />}
              {tab === "sessions" && <SessionList fixed={fixed} embedded hiddenColumn="user" />}
              {tab === "traces" && <TraceList fixed={fixed} embedded hiddenColumn="user" />}
            </Boundary>
          </div>
        </>
      )}
    </>
  )
}
