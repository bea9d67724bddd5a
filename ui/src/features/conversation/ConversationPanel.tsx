/** The body of a session's page: time strip, list of turns, conversation, and the details of one turn. */
import { Info } from "lucide-react"
import { useCallback, useEffect, useMemo, useRef, useState } from "react"
import type { SessionDetail } from "../../api/types"
import { join, quiet } from "../../components/classes"
import { Fault, Notice } from "../../components/States"
import { patternOf } from "../../filter/words"
import { useSearch } from "../../state/search"
import { useShortcuts } from "../../state/shortcuts"
import { ScoreBar } from "../score/ScoreItem"
import { Conversation, type ConversationHandle } from "./Conversation"
import { TimeStrip } from "./TimeStrip"
import { TurnDetails } from "./TurnDetails"
import { TurnList } from "./TurnList"
import { useDetail } from "./useDetail"
import { useTurns, type InView } from "./useTurns"

const firstTurn: InView = { from: 1, to: 1 }

export function ConversationPanel({ session }: { session: SessionDetail }) {
  const [search, change] = useSearch()
  const [detail] = useDetail()
  const named = Number(search["turn"])
  const selected = Number.isInteger(named) && named >= 1 && named <= session.turns_total ? named : null
  const [current, setCurrent] = useState(selected ?? 1)
  const [inConversation, setInConversation] = useState<InView>(
    selected === null ? firstTurn : { from: selected, to: selected },
  )
  const [inList, setInList] = useState<InView>(firstTurn)
  const [sheet, setSheet] = useState(false)
  const conversation = useRef<ConversationHandle>(null)
  const { turns, error } = useTurns(session.session_id, [inConversation, inList])

  const words = search["find"] ?? ""
  const found = useMemo(() => patternOf(words), [words])
  const jump = useCallback(
    (n: number) => {
      conversation.current?.jump(n)
      change({ turn: String(n) }, "replace")
    },
    [change],
  )
  // Back and forward may select another turn.
  const last = useRef(selected)
  useEffect(() => {
    if (selected !== null && selected !== last.current) conversation.current?.jump(selected)
    last.current = selected
  }, [selected])

  const seek = (by: 1 | -1, has: (n: number) => boolean): void => {
    for (let n = current + by; n >= 1 && n <= session.turns_total; n += by) if (has(n)) return jump(n)
  }
  const markOf = (n: number) => session.strip.findLast((mark) => mark.n <= n)
  const slowFromMs = useMemo(() => slowFrom(session.strip.map((mark) => mark.wait_ms)), [session.strip])
  const failed = (n: number): boolean => (markOf(n)?.errors ?? 0) > 0
  const slow = (n: number): boolean => (markOf(n)?.wait_ms ?? 0) >= slowFromMs
  const judged = (n: number): boolean => (markOf(n)?.feedback_up ?? 0) + (markOf(n)?.feedback_down ?? 0) > 0
  const group = "Conversation"
  useShortcuts([
    { keys: "j", label: "Next turn", group, run: () => jump(Math.min(session.turns_total, current + 1)) },
    { keys: "k", label: "Previous turn", group, run: () => jump(Math.max(1, current - 1)) },
    { keys: "e", label: "Next error", group, run: () => seek(1, failed) },
    { keys: "E", label: "Previous error", group, run: () => seek(-1, failed) },
    { keys: "s", label: "Next slow turn", group, run: () => seek(1, slow) },
    { keys: "S", label: "Previous slow turn", group, run: () => seek(-1, slow) },
    { keys: "f", label: "Next feedback", group, run: () => seek(1, judged) },
    { keys: "F", label: "Previous feedback", group, run: () => seek(-1, judged) },
    { keys: "i", label: "Turn details", group, run: () => setSheet(!sheet) },
  ])
  if (session.turns_total === 0)
    return (
      <Notice title="No turns yet">
        <p>The session has started. Its first turn will appear automatically.</p>
      </Notice>
    )
  if (error && turns.size === 0) return <Fault error={error} what="conversation" />
  const details = { turn: turns.get(current), mark: markOf(current), detail, session }
  return (
    <>
      <TimeStrip marks={session.strip} current={current} onJump={jump} />
      <ScoreBar scores={session.scores} />
      <div className="relative flex min-h-0 flex-1">
        <TurnList total={session.turns_total} turns={turns} current={current} onJump={jump} onView={setInList} />
        <Conversation
          ref={conversation}
          total={session.turns_total}
          turns={turns}
          detail={detail}
          found={found}
          selected={selected}
          onView={setInConversation}
          onCurrent={setCurrent}
        />
        <aside
          aria-label="Turn details"
          className="scroll-thin hidden w-72 shrink-0 overflow-auto border-l border-hairline lg:block"
        >
          <TurnDetails {...details} />
        </aside>
        <button type="button" className={sheetButton} onClick={() => setSheet(true)} aria-expanded={sheet}>
          <Info size={14} aria-hidden />
          Turn {current}
        </button>
        {sheet && (
          <aside aria-label="Turn details" className={sheetLayout}>
            <TurnDetails {...details} onClose={() => setSheet(false)} />
          </aside>
        )}
      </div>
    </>
  )
}

const sheetButton = join(
  quiet,
  "absolute right-3 bottom-3 border border-hairline bg-background shadow-(--shadow) lg:hidden",
)

const sheetLayout = join(
  "scroll-thin absolute inset-x-0 bottom-0 z-20 max-h-[70%] overflow-auto rounded-t-card",
  "border-t border-hairline bg-background shadow-(--shadow) sm:left-auto sm:w-80 lg:hidden",
)

/** A turn is slow if it is among the slowest tenth of the session and took at least two seconds. */
function slowFrom(waitsMs: readonly number[]): number {
  const sorted = waitsMs.toSorted((a, b) => a - b)
  return Math.max(2_000, sorted[Math.floor(sorted.length * 0.9)] ?? 0)
}
