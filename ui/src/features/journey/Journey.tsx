/** Everything that happened to a person, on one line of time: sessions, errors, feedback, silences, what was new. */
import { useInfiniteQuery } from "@tanstack/react-query"
import { useVirtualizer } from "@tanstack/react-virtual"
import {
  Boxes,
  Flag,
  MessageSquare,
  Moon,
  Package,
  ThumbsDown,
  ThumbsUp,
  TriangleAlert,
  Undo2,
  type LucideIcon,
} from "lucide-react"
import { useEffect, useMemo, useRef, useState } from "react"
import { journeyQuery } from "../../api/queries"
import type { JourneyEntry } from "../../api/types"
import { cost, plural } from "../../format/number"
import { oneLine, preview } from "../../format/text"
import { day, duration, moment } from "../../format/time"
import { linesOf, type JourneyLine } from "../../layout/journey"
import { paths } from "../../paths"
import { useKeys } from "../../state/keys"
import { join } from "../../components/classes"
import { Link } from "../../components/Link"
import { Fault, Notice, Skeleton } from "../../components/States"
import { Clock } from "../../components/Time"
import { Visible } from "../../components/text/Visible"

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

  const step = (by: 1 | -1, wanted: (entry: JourneyEntry) => boolean): void => {
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
  useKeys([
    { keys: "j", label: "Next", group: "Journey", run: () => step(1, linked) },
    { keys: "k", label: "Before", group: "Journey", run: () => step(-1, linked) },
    { keys: "e", label: "Next error", group: "Journey", run: () => step(1, failed) },
    { keys: "E", label: "Error before", group: "Journey", run: () => step(-1, failed) },
    { keys: "f", label: "Next feedback", group: "Journey", run: () => step(1, judged) },
    { keys: "F", label: "Feedback before", group: "Journey", run: () => step(-1, judged) },
  ])

  if (journey.isPending) return <Skeleton lines={8} height={36} />
  if (journey.error && lines.length === 0)
    return <Fault error={journey.error} what="journey" retry={() => void journey.refetch()} />
  if (lines.length === 0) return <Notice title="Nothing has happened yet" />
  return (
    // The journey scrolls, so it must be reachable by keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div
      ref={scroller}
      tabIndex={0}
      role="region"
      aria-label="Journey, newest first"
      className="scroll-thin min-h-0 flex-1 overflow-auto"
    >
      <ol className="relative mx-auto max-w-[860px]" style={{ height: virtual.getTotalSize() + 32 }}>
        {items.map((item) => {
          const line = lines[item.index]!
          return (
            <li
              key={item.key}
              ref={virtual.measureElement}
              data-index={item.index}
              className="absolute inset-x-0 top-0 px-4"
              style={{ transform: `translateY(${item.start}px)` }}
            >
              <Line line={line} active={item.index === active} onFocus={() => setActive(item.index)} />
            </li>
          )
        })}
      </ol>
    </div>
  )
}

function Line({ line, active, onFocus }: { line: JourneyLine; active: boolean; onFocus: () => void }) {
  if (line.type === "day")
    return <h3 className="pt-5 pb-1 pl-9 text-small font-semibold text-secondary">{day(line.at)}</h3>
  const { entry } = line
  if (entry.type === "session") return <SessionLine entry={entry} active={active} onFocus={onFocus} />
  return <MarkLine entry={entry} active={active} onFocus={onFocus} />
}

function SessionLine({ entry, active, onFocus }: { entry: JourneyEntry; active: boolean; onFocus: () => void }) {
  const failed = (entry.errors ?? 0) > 0
  return (
    <div
      className="relative flex gap-3 pb-1 before:absolute before:top-0 before:bottom-0 before:left-[11px] before:w-px before:bg-hairline"
      onFocus={onFocus}
    >
      <span className="relative z-10 mt-2 flex size-[23px] shrink-0 items-center justify-center rounded-full bg-background">
        {failed ? (
          <TriangleAlert size={14} role="img" aria-label="with errors" className="text-error" />
        ) : (
          <MessageSquare size={14} aria-hidden className="text-accent" />
        )}
      </span>
      <Link
        href={entry.session_id === null ? "#" : paths.session(entry.session_id)}
        className={join(
          "group min-w-0 flex-1 rounded-card border border-transparent px-2 py-1.5 hover:border-hairline hover:bg-raised",
          active && "bg-selected",
        )}
      >
        <span className="flex items-baseline gap-3">
          <span className="min-w-0 flex-1 truncate font-medium" dir="auto">
            <Visible text={preview(entry.text_in ?? entry.title ?? entry.session_id ?? "", 160)} />
          </span>
          <span className="shrink-0 text-small text-faint">
            <Clock at={entry.at} />
          </span>
        </span>
        {entry.text_out && (
          <span className="block truncate text-secondary" dir="auto">
            <Visible text={preview(entry.text_out, 200)} />
          </span>
        )}
        <span className="flex flex-wrap gap-x-3 text-small text-faint">
          {entry.turns !== null && <span>{plural(entry.turns, "turn")}</span>}
          {entry.duration_ms !== null && <span>{duration(entry.duration_ms)}</span>}
          {entry.wait_ms !== null && <span>waited {duration(entry.wait_ms)}</span>}
          {entry.cost_usd !== null && <span>{cost(entry.cost_usd)}</span>}
          {failed && <span className="font-medium text-error">{plural(entry.errors ?? 0, "error")}</span>}
        </span>
      </Link>
    </div>
  )
}

const marks: Record<Exclude<JourneyEntry["type"], "session">, { Icon: LucideIcon; word: string; look: string }> = {
  error: { Icon: TriangleAlert, word: "Error", look: "text-error" },
  feedback: { Icon: ThumbsUp, word: "Feedback", look: "text-good" },
  release: { Icon: Package, word: "First met release", look: "text-secondary" },
  model: { Icon: Boxes, word: "First answer by", look: "text-llm" },
  gap: { Icon: Moon, word: "Quiet for", look: "text-faint" },
  first: { Icon: Flag, word: "First contact", look: "text-accent" },
  return: { Icon: Undo2, word: "Came back", look: "text-accent" },
}

function MarkLine({ entry, active, onFocus }: { entry: JourneyEntry; active: boolean; onFocus: () => void }) {
  const mark = marks[entry.type as keyof typeof marks]
  if (!mark) return null
  const down = entry.type === "feedback" && entry.severity !== "none" && entry.severity !== "notice"
  const Icon = down ? ThumbsDown : mark.Icon
  const href = entry.trace_id ? paths.trace(entry.trace_id) : entry.session_id ? paths.session(entry.session_id) : null
  const words =
    entry.type === "gap"
      ? duration(entry.duration_ms)
      : entry.type === "first"
        ? `on ${moment(entry.at)}`
        : [entry.title, entry.text_in].filter(Boolean).join(" · ")
  const content = (
    <>
      <span className={down ? "text-error" : entry.type === "error" ? "text-error" : "text-faint"}>{mark.word}</span>{" "}
      <span className={entry.type === "gap" ? "text-faint" : "text-secondary"}>
        <Visible text={oneLine(words, 200)} />
      </span>
    </>
  )
  return (
    <div
      className="relative flex items-center gap-3 before:absolute before:top-0 before:bottom-0 before:left-[11px] before:w-px before:bg-hairline"
      onFocus={onFocus}
    >
      <span className="relative z-10 flex size-[23px] shrink-0 items-center justify-center rounded-full bg-background">
        <Icon size={13} aria-hidden className={down ? "text-error" : mark.look} />
      </span>
      {href ? (
        <Link
          href={href}
          className={join(
            "min-w-0 flex-1 truncate rounded-control px-2 py-1 text-small hover:bg-hover",
            active && "bg-selected",
          )}
        >
          {content}
        </Link>
      ) : (
        <span className="min-w-0 flex-1 truncate px-2 py-1 text-small">{content}</span>
      )}
    </div>
  )
}
