import { useVirtualizer } from "@tanstack/react-virtual"
import { ThumbsDown, ThumbsUp, TriangleAlert } from "lucide-react"
import { useEffect, useRef } from "react"
import type { Turn } from "../../api/types"
import { preview } from "../../format/text"
import { duration } from "../../format/time"
import { titleOf } from "../../layout/turns"
import { join } from "../../components/classes"
import { Visible } from "../../components/text/Visible"
import { verdictOf } from "../score/verdict"
import type { InView } from "./useTurns"

type TurnListProps = {
  total: number
  turns: ReadonlyMap<number, Turn>
  current: number
  onJump: (n: number) => void
  onView: (view: InView) => void
}

/** All turns, one per line. */
export function TurnList({ total, turns, current, onJump, onView }: TurnListProps) {
  const scroller = useRef<HTMLElement>(null)
  const virtual = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => 30,
    overscan: 6,
  })
  const items = virtual.getVirtualItems()
  const from = (items[0]?.index ?? 0) + 1
  const to = (items.at(-1)?.index ?? 0) + 1
  useEffect(() => onView({ from, to }), [from, to, onView])
  useEffect(() => {
    if (current > 0 && current <= total) virtual.scrollToIndex(current - 1, { align: "auto" })
  }, [current, total, virtual])
  return (
    <nav
      ref={scroller}
      aria-label="Turns"
      className="scroll-thin hidden w-60 shrink-0 overflow-auto border-r border-hairline py-2 xl:block"
    >
      <ol className="relative" style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => {
          const n = item.index + 1
          const turn = turns.get(n)
          const isCurrent = n === current
          return (
            <li key={n} className="absolute inset-x-0 px-2" style={{ top: item.start, height: 30 }}>
              <button
                type="button"
                aria-current={isCurrent ? "true" : undefined}
                onClick={() => onJump(n)}
                className={join(
                  "flex h-[30px] w-full items-center gap-2 rounded-control px-2 text-left text-small hover:bg-hover",
                  isCurrent ? "bg-selected" : "text-secondary",
                )}
              >
                <span className="w-6 shrink-0 text-right text-label text-faint">{n}</span>
                <span className="min-w-0 flex-1 truncate" dir="auto">
                  {turn ? (
                    <Visible text={preview(titleOf(turn), 80)} />
                  ) : (
                    <span className="skeleton inline-block h-3 w-24 align-middle" />
                  )}
                </span>
                {turn && turn.errors.length > 0 && (
                  <TriangleAlert size={12} role="img" aria-label="failed" className="shrink-0 text-error" />
                )}
                {turn?.scores.some((score) => verdictOf(score) === "bad") && (
                  <ThumbsDown size={12} role="img" aria-label="negative feedback" className="shrink-0 text-error" />
                )}
                {turn?.scores.some((score) => verdictOf(score) === "good") && (
                  <ThumbsUp size={12} role="img" aria-label="positive feedback" className="shrink-0 text-good" />
                )}
                {turn && <span className="shrink-0 text-label text-faint">{duration(turn.wait_ms)}</span>}
              </button>
            </li>
          )
        })}
      </ol>
    </nav>
  )
}
