/** The conversation of a session: a log of turns of which only those in sight are on the page. */
import { useVirtualizer } from "@tanstack/react-virtual"
import { useEffect, useImperativeHandle, useLayoutEffect, useRef, type Ref } from "react"
import type { Turn } from "../../api/types"
import type { Density } from "../../layout/turns"
import { useMarkedWords } from "../../components/text/useMatchHighlight"
import { TurnView } from "./TurnView"
import type { Sight } from "./useTurns"

export type ConversationHandle = { jump: (n: number) => void }

type ConversationProps = {
  ref: Ref<ConversationHandle>
  total: number
  turns: ReadonlyMap<number, Turn>
  density: Density
  /** Words to mark. */
  found: RegExp | null
  /** The turn that the address names. */
  marked: number | null
  onSight: (sight: Sight) => void
  /** The turn that is read: the first in sight. */
  onRead: (n: number) => void
}

export function Conversation({ ref, total, turns, density, found, marked, onSight, onRead }: ConversationProps) {
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => 220,
    overscan: 3,
    initialOffset: marked === null ? 0 : (marked - 1) * 220,
  })
  useMarkedWords(scroller, found)
  const items = virtual.getVirtualItems()
  const from = (items[0]?.index ?? 0) + 1
  const to = (items.at(-1)?.index ?? 0) + 1
  useEffect(() => onSight({ from, to }), [from, to, onSight])

  // Turns that were not loaded have a guessed height, so a jump is repeated until the turn itself is measured.
  const wanted = useRef<number | null>(marked)
  const jump = (n: number): void => {
    wanted.current = n
    virtual.scrollToIndex(n - 1, { align: "start" })
  }
  useImperativeHandle(ref, () => ({ jump }))
  useLayoutEffect(() => {
    const n = wanted.current
    if (n === null || n > total) return
    virtual.scrollToIndex(n - 1, { align: "start" })
    if (turns.has(n)) {
      const timer = setTimeout(() => {
        wanted.current = null
      }, 120)
      return () => clearTimeout(timer)
    }
    return undefined
  }, [turns, total, virtual])

  const offset = virtual.scrollOffset ?? 0
  const reading = items.find((item) => item.end > offset + 64)?.index
  const atEnd = scroller.current !== null && offset + scroller.current.clientHeight >= virtual.getTotalSize() - 4
  const read =
    wanted.current ??
    (atEnd && marked !== null && items.some((item) => item.index === marked - 1) ? marked : (reading ?? 0) + 1)
  useEffect(() => onRead(read), [read, onRead])

  return (
    // A log that scrolls must be reachable by keyboard.
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
                <TurnView turn={turn} before={turns.get(n - 1)} density={density} marked={n === marked} />
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
