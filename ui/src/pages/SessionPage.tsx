import { useQuery } from "@tanstack/react-query"
import { ClipboardCopy, Info } from "lucide-react"
import { useCallback, useEffect, useMemo, useRef, useState } from "react"
import { allTurns, sessionQuery } from "../api/queries"
import type { Session, SessionDetail } from "../api/types"
import { patternOf } from "../filter/words"
import { compact, count, plural } from "../format/number"
import { oneLine, shortId } from "../format/text"
import { duration } from "../format/time"
import { sessionMarkdown } from "../layout/markdown"
import type { Density } from "../layout/turns"
import { cachedRow } from "../api/cached"
import { SessionSearch } from "../features/conversation/SessionSearch"
import { Conversation, type ConversationHandle } from "../features/conversation/Conversation"
import { ScoreItem } from "../features/conversation/items/ItemView"
import { Strip } from "../features/conversation/Strip"
import { TurnDetails } from "../features/conversation/TurnDetails"
import { TurnList } from "../features/conversation/TurnList"
import { useTurns, type Sight } from "../features/conversation/useTurns"
import { Cost, Errors, Feedback, Status } from "../features/list/cells"
import { sessionTitle } from "../features/list/sessions"
import { PageHead } from "../features/shell/PageHead"
import { paths } from "../paths"
import { useKeys } from "../state/keys"
import { usePathId } from "../state/path"
import { notePlace } from "../state/recent"
import { useSearch } from "../state/search"
import { chip, join, link, quiet } from "../components/classes"
import { Copy } from "../components/Copy"
import { Link } from "../components/Link"
import { Boundary, Fault, Notice, Skeleton } from "../components/States"
import { Ago } from "../components/Time"
import { Visible } from "../components/text/Visible"

const densities: readonly { id: Density; label: string; key: string }[] = [
  { id: "talk", label: "Talk", key: "1" },
  { id: "tools", label: "Tools", key: "2" },
  { id: "all", label: "Everything", key: "3" },
]

export default function SessionPage() {
  const [, change] = useSearch()
  const sessionId = usePathId()
  const session = useQuery(sessionQuery(sessionId))
  const row: Session | undefined = session.data ?? cachedRow("sessions", (one) => one.session_id === sessionId)
  const title = row ? sessionTitle(row) : shortId(sessionId, 40)
  const known = row !== undefined
  useEffect(() => {
    if (known) notePlace({ href: paths.session(sessionId), title })
  }, [known, sessionId, title])
  return (
    <>
      <PageHead
        title={oneLine(title, 80)}
        heading={<Visible text={oneLine(title, 120)} />}
        lead={
          <nav aria-label="Above this page" className="order-first flex min-w-0 items-center gap-2 text-secondary">
            <Link href={paths.sessions} className={link}>
              Sessions
            </Link>
            <span aria-hidden>/</span>
          </nav>
        }
      >
        {session.data && (
          <SessionSearch key={sessionId} sessionId={sessionId} onJump={(n) => change({ turn: String(n) }, "replace")} />
        )}
        <DensitySwitch />
        {session.data && <CopySession sessionId={sessionId} title={title} />}
      </PageHead>
      {session.error && !session.data ? (
        <Fault error={session.error} what="session" retry={() => void session.refetch()} />
      ) : (
        <>
          <Summary session={row} />
          {session.data ? (
            <Boundary key={sessionId} what="conversation">
              <Talk session={session.data} />
            </Boundary>
          ) : (
            <Skeleton lines={7} height={28} gap={20} />
          )}
        </>
      )}
    </>
  )
}

function useDensity(): [Density, (density: Density) => void] {
  const [search, change] = useSearch()
  const asked = search["show"]
  const density = asked === "talk" || asked === "all" ? asked : "tools"
  return [density, (next) => change({ show: next === "tools" ? undefined : next }, "replace")]
}

function DensitySwitch() {
  const [density, setDensity] = useDensity()
  useKeys(
    densities.map(({ id, label, key }) => ({
      keys: key,
      label: `Show ${label.toLowerCase()}`,
      group: "Conversation",
      run: () => setDensity(id),
    })),
  )
  return (
    <fieldset className="flex rounded-control border border-hairline p-0.5">
      <legend className="sr-only">How much to show</legend>
      {densities.map(({ id, label, key }) => (
        <button
          key={id}
          type="button"
          aria-pressed={id === density}
          title={`${label} (${key})`}
          onClick={() => setDensity(id)}
          className={join(
            "h-6 rounded-chip px-2 text-small font-medium pointer-coarse:h-10",
            id === density ? "bg-selected text-text" : "text-secondary hover:bg-hover",
          )}
        >
          {label}
        </button>
      ))}
    </fieldset>
  )
}

const COPIED_MOST = 2_000

/** The whole conversation as Markdown, at the density of the page. */
function CopySession({ sessionId, title }: { sessionId: string; title: string }) {
  const [density] = useDensity()
  const text = async (): Promise<string> => {
    const { turns, more } = await allTurns(sessionId, COPIED_MOST)
    const whole = sessionMarkdown(title, `${location.origin}${paths.session(sessionId)}`, turns, density)
    return more ? `${whole}\n*(only the first ${count(turns.length)} turns)*\n` : whole
  }
  return <Copy text={text} label="Copy the session as Markdown" icon={ClipboardCopy} />
}

function Summary({ session }: { session: Session | undefined }) {
  if (!session) return <div className="h-9 shrink-0 border-b border-hairline" aria-hidden />
  return (
    <div className="scroll-thin flex min-h-9 shrink-0 items-center gap-x-4 overflow-x-auto border-b border-hairline px-4 text-small whitespace-nowrap text-secondary">
      {session.users.length > 0 ? (
        <span>
          {session.users.slice(0, 3).map((userId, index) => (
            <span key={userId}>
              {index > 0 && ", "}
              <Link href={paths.user(userId)} className={link} title={userId}>
                <Visible text={(userId === session.user_id && session.user_name) || shortId(userId, 28)} />
              </Link>
            </span>
          ))}
          {session.users.length > 3 && ` and ${session.users.length - 3} more`}
        </span>
      ) : (
        <span className="text-faint">no user</span>
      )}
      <Status status={session.status} />
      {session.outcome && <span>{session.outcome}</span>}
      <span>
        {plural(session.traces, "turn")} in {duration(session.duration_ms)}
      </span>
      <span>
        <Cost row={session} />
      </span>
      <span title={`${count(session.input_tokens)} in, ${count(session.output_tokens)} out`}>
        {compact(session.input_tokens + session.output_tokens)} tokens
      </span>
      {session.errors > 0 && (
        <span className="inline-flex items-center gap-1">
          <Errors value={session.errors} /> {session.errors === 1 ? "error" : "errors"}
        </span>
      )}
      {session.feedback_up + session.feedback_down > 0 && (
        <Feedback up={session.feedback_up} down={session.feedback_down} />
      )}
      {session.tags.map((tag) => (
        <span key={tag} className={join(chip, "bg-inset")}>
          <Visible text={tag} />
        </span>
      ))}
      {session.environment && (
        <span className={join(chip, "bg-inset")}>
          <Visible text={session.environment} />
        </span>
      )}
      {session.release && (
        <span className={join(chip, "bg-inset")}>
          release <Visible text={session.release} />
        </span>
      )}
      <span className="ml-auto">
        last activity <Ago at={session.last_activity} />
      </span>
    </div>
  )
}

const nowhere: Sight = { from: 1, to: 1 }

function Talk({ session }: { session: SessionDetail }) {
  const [search, change] = useSearch()
  const [density] = useDensity()
  const asked = Number(search["turn"])
  const marked = Number.isInteger(asked) && asked >= 1 && asked <= session.turns_total ? asked : null
  const [read, setRead] = useState(marked ?? 1)
  const [talkSight, setTalkSight] = useState<Sight>(marked === null ? nowhere : { from: marked, to: marked })
  const [listSight, setListSight] = useState<Sight>(nowhere)
  const [sheet, setSheet] = useState(false)
  const conversation = useRef<ConversationHandle>(null)
  const { turns, error } = useTurns(session.session_id, [talkSight, listSight])

  const words = search["find"] ?? ""
  const found = useMemo(() => patternOf(words), [words])
  const jump = useCallback(
    (n: number) => {
      conversation.current?.jump(n)
      change({ turn: String(n) }, "replace")
    },
    [change],
  )
  // Back and forward may name another turn.
  const last = useRef(marked)
  useEffect(() => {
    if (marked !== null && marked !== last.current) conversation.current?.jump(marked)
    last.current = marked
  }, [marked])
  const seek = (by: 1 | -1, has: (n: number) => boolean): void => {
    for (let n = read + by; n >= 1 && n <= session.turns_total; n += by) if (has(n)) return jump(n)
  }
  const markOf = (n: number) => session.strip.findLast((mark) => mark.n <= n)
  const failed = (n: number): boolean => (markOf(n)?.errors ?? 0) > 0
  const judged = (n: number): boolean => (markOf(n)?.feedback_up ?? 0) + (markOf(n)?.feedback_down ?? 0) > 0
  const slowFrom = slowest(session.strip.map((mark) => mark.wait_ms))
  const slow = (n: number): boolean => (markOf(n)?.wait_ms ?? 0) >= slowFrom
  useKeys([
    { keys: "j", label: "Next turn", group: "Conversation", run: () => jump(Math.min(session.turns_total, read + 1)) },
    { keys: "k", label: "Turn before", group: "Conversation", run: () => jump(Math.max(1, read - 1)) },
    { keys: "e", label: "Next error", group: "Conversation", run: () => seek(1, failed) },
    { keys: "E", label: "Error before", group: "Conversation", run: () => seek(-1, failed) },
    { keys: "s", label: "Next slow turn", group: "Conversation", run: () => seek(1, slow) },
    { keys: "S", label: "Slow turn before", group: "Conversation", run: () => seek(-1, slow) },
    { keys: "f", label: "Next feedback", group: "Conversation", run: () => seek(1, judged) },
    { keys: "F", label: "Feedback before", group: "Conversation", run: () => seek(-1, judged) },
    { keys: "i", label: "Details of this turn", group: "Conversation", run: () => setSheet(!sheet) },
  ])
  if (session.turns_total === 0)
    return (
      <Notice title="Nothing was said yet">
        <p>The session has begun; its first turn comes here by itself.</p>
      </Notice>
    )
  if (error && turns.size === 0) return <Fault error={error} what="conversation" />
  const details = (
    <TurnDetails
      turn={turns.get(read)}
      mark={markOf(read)}
      density={density}
      session={session}
      onClose={() => setSheet(false)}
    />
  )
  return (
    <>
      <Strip marks={session.strip} current={read} onJump={jump} />
      {session.scores.length > 0 && (
        <div className="flex flex-wrap gap-2 border-b border-hairline px-4 py-2">
          {session.scores.map((score) => (
            <ScoreItem key={score.score_id} score={score} />
          ))}
        </div>
      )}
      <div className="relative flex min-h-0 flex-1">
        <TurnList total={session.turns_total} turns={turns} current={read} onJump={jump} onSight={setListSight} />
        <Conversation
          ref={conversation}
          total={session.turns_total}
          turns={turns}
          density={density}
          found={found}
          marked={marked}
          onSight={setTalkSight}
          onRead={setRead}
        />
        <aside
          aria-label="This turn"
          className="scroll-thin hidden w-72 shrink-0 overflow-auto border-l border-hairline lg:block"
        >
          <TurnDetails turn={turns.get(read)} mark={markOf(read)} density={density} session={session} />
        </aside>
        <button
          type="button"
          className={join(
            quiet,
            "absolute right-3 bottom-3 border border-hairline bg-background shadow-(--shadow) lg:hidden",
          )}
          onClick={() => setSheet(true)}
          aria-expanded={sheet}
        >
          <Info size={14} aria-hidden />
          Turn {read}
        </button>
        {sheet && (
          <aside
            aria-label="Details of this turn"
            className="scroll-thin absolute inset-x-0 bottom-0 z-20 max-h-[70%] overflow-auto rounded-t-card border-t border-hairline bg-background shadow-(--shadow) sm:left-auto sm:w-80 lg:hidden"
          >
            {details}
          </aside>
        )}
      </div>
    </>
  )
}

// A turn is slow where it is among the slowest tenth of the session, and took two seconds at least.
function slowest(waits: readonly number[]): number {
  const sorted = waits.toSorted((a, b) => a - b)
  return Math.max(2_000, sorted[Math.floor(sorted.length * 0.9)] ?? 0)
}
