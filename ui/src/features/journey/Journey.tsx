/** Everything that happened to a user on one timeline, newest first: sessions, errors, feedback and gaps. */
import { useInfiniteQuery } from "@tanstack/react-query"
import { useVirtualizer } from "@tanstack/react-virtual"
import { useEffect, useMemo, useRef, useState } from "react"
import { journeyQuery } from "../../api/queries"
import type { JourneyEntry } from "../../api/types"
import { Fault, Notice, Skeleton } from "../../components/States"
import { day } from "../../format/time"
import { linesOf, type JourneyLine } from "../../layout/journey"
import { useShortcuts } from "../../state/shortcuts"
import { EventEntry } from "./EventEntry"
import { SessionEntry } from "./SessionEntry"

export function Journey({ userId }: { userId: string }) {
  const journey = useInfiniteQuery(journeyQuery(userId))
  const scroller = useRef<HTMLDivElement>(null)
  const [active, setActive] = useState(-1)
  const lines = useMemo(() => linesOf(journey.data?.pages.flatMap((page) => page.items) ?? [], day), [journey.data])
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (lines[index]?.type === "day" ? 44 : 60),
    getItemKey: (index) => lines[index]!.key,
    overscan: 10,
  })
  const items = virtual.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = journey
  useEffect(() => {
    if (lines.length > 0 && last > lines.length - 10 && hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [last, lines.length, hasNextPage, isFetchingNextPage, fetchNextPage])

  const seek = (by: 1 | -1, wanted: (entry: JourneyEntry) => boolean): void => {
    for (let at = active + by; at >= 0 && at < lines.length; at += by) {
      const line = lines[at]!
      if (line.type !== "entry" || !wanted(line.entry)) continue
      setActive(at)
      virtual.scrollToIndex(at, { align: "auto" })
      requestAnimationFrame(() =>
        scroller.current?.querySelector<HTMLElement>(`[data-index="${at}"] a`)?.focus({ preventScroll: true }),
      )
      return
    }
  }
  const linked = (entry: JourneyEntry): boolean => entry.session_id !== null || entry.trace_id !== null
  const failed = (entry: JourneyEntry): boolean => entry.type === "error" || (entry.errors ?? 0) > 0
  const judged = (entry: JourneyEntry): boolean => entry.type === "feedback"
  const group = "Journey"
  useShortcuts([
    { keys: "j", label: "Next entry", group, run: () => seek(1, linked) },
    { keys: "k", label: "Previous entry", group, run: () => seek(-1, linked) },
    { keys: "e", label: "Next error", group, run: () => seek(1, failed) },
    { keys: "E", label: "Previous error", group, run: () => seek(-1, failed) },
    { keys: "f", label: "Next feedback", group, run: () => seek(1, judged) },
    { keys: "F", label: "Previous feedback", group, run: () => seek(-1, judged) },
  ])

  if (journey.isPending) return <Skeleton lines={8} height={36} />
  if (journey.error && lines.length === 0)
    return <Fault error={journey.error} what="journey" retry={() => void journey.refetch()} />
  if (lines.length === 0) return <Notice title="No activity yet" />
  return (
    // It scrolls, so it must be reachable by keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div
      ref={scroller}
      tabIndex={0}
      role="region"
      aria-label="Journey, newest first"
      className="scroll-thin min-h-0 flex-1 overflow-auto"
    >
      <ol className="relative mx-auto max-w-[860px]" style={{ height: virtual.getTotalSize() + 32 }}>
        {items.map((item) => (
          <li
            key={item.key}
            ref={virtual.measureElement}
            data-index={item.index}
            className="absolute inset-x-0 top-0 px-4"
            style={{ transform: `translateY(${item.start}px)` }}
          >
            <Line line={lines[item.index]!} active={item.index === active} onFocus={() => setActive(item.index)} />
          </li>
        ))}
      </ol>
    </div>
  )
}

function Line({ line, active, onFocus }: { line: JourneyLine; active: boolean; onFocus: () => void }) {
  if (line.type === "day")
    return <h3 className="pt-5 pb-1 pl-9 text-small font-semibold text-secondary">{day(line.at)}</h3>
  const { entry } = line
  if (entry.type === "session") return <SessionEntry entry={entry} active={active} onFocus={onFocus} />
  return <EventEntry entry={entry} active={active} onFocus={onFocus} />
}
