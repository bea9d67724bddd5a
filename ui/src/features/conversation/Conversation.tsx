/** The conversation of a session. Only the turns in view are in the page. */
import { useVirtualizer } from "@tanstack/react-virtual"
import { useEffect, useImperativeHandle, useLayoutEffect, useRef, type Ref } from "react"
import type { Turn } from "../../api/types"
import type { Detail } from "../../layout/turns"
import { useMatchHighlight } from "../../components/text/useMatchHighlight"
import { TurnView } from "./TurnView"
import type { InView } from "./useTurns"

export type ConversationHandle = { jump: (n: number) => void }

type ConversationProps = {
  ref: Ref<ConversationHandle>
  total: number
  turns: ReadonlyMap<number, Turn>
  detail: Detail
  /** Words to highlight. */
  found: RegExp | null
  /** The turn that the address names. */
  selected: number | null
  onView: (view: InView) => void
  /** The turn being read: the first in view. */
  onCurrent: (n: number) => void
}

export function Conversation({ ref, total, turns, detail, found, selected, onView, onCurrent }: ConversationProps) {
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => 220,
    overscan: 3,
    initialOffset: selected === null ? 0 : (selected - 1) * 220,
  })
  useMatchHighlight(scroller, found)
  const items = virtual.getVirtualItems()
  const from = (items[0]?.index ?? 0) + 1
  const to = (items.at(-1)?.index ?? 0) + 1
  useEffect(() => onView({ from, to }), [from, to, onView])

  // Turns that are not loaded have an estimated height, so a jump is repeated until its turn has been measured.
  const target = useRef<number | null>(selected)
  const jump = (n: number): void => {
    target.current = n
    virtual.scrollToIndex(n - 1, { align: "start" })
  }
  useImperativeHandle(ref, () => ({ jump }))
  useLayoutEffect(() => {
    const n = target.current
    if (n === null || n > total) return
    virtual.scrollToIndex(n - 1, { align: "start" })
    if (turns.has(n)) {
      const timer = setTimeout(() => {
        target.current = null
      }, 120)
      return () => clearTimeout(timer)
    }
    return undefined
  }, [turns, total, virtual])

  const offset = virtual.scrollOffset ?? 0
  const topmost = items.find((item) => item.end > offset + 64)?.index
  const atEnd = scroller.current !== null && offset + scroller.current.clientHeight >= virtual.getTotalSize() - 4
  const current =
    target.current ??
    (atEnd && selected !== null && items.some((item) => item.index === selected - 1) ? selected : (topmost ?? 0) + 1)
  useEffect(() => onCurrent(current), [current, onCurrent])

  return (
    // It scrolls, so it must be reachable by keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div
      ref={scroller}
      role="log"
      aria-label="Conversation"
      aria-live="off"
      tabIndex={0}
      className="scroll-thin min-h-0 min-w-0 flex-1 overflow-auto outline-offset-[-2px]"
    >
      <div className="relative mx-auto max-w-[800px]" style={{ height: virtual.getTotalSize() + 80 }}>
        {items.map((item) => {
          const n = item.index + 1
          const turn = turns.get(n)
          return (
            <div
              key={n}
              ref={virtual.measureElement}
              data-index={item.index}
              className="absolute inset-x-0 top-0"
              style={{ transform: `translateY(${item.start}px)` }}
            >
              {turn ? (
                <TurnView turn={turn} before={turns.get(n - 1)} detail={detail} selected={n === selected} />
              ) : (
                <TurnSkeleton n={n} />
              )}
            </div>
          )
        })}
      </div>
    </div>
  )
}

function TurnSkeleton({ n }: { n: number }) {
  return (
    <div className="flex h-[220px] flex-col gap-3 px-6 py-4" aria-label={`Turn ${n} is loading`}>
      <div className="skeleton h-10 w-1/2 self-end" />
      <div className="skeleton h-4 w-4/5" />
      <div className="skeleton h-4 w-2/3" />
    </div>
  )
}
