import { useVirtualizer } from "@tanstack/react-virtual"
import { useMemo, useRef } from "react"
import { Visible } from "./Visible"

const LINE = 18
/** Longer lines are split, so that a line of a megabyte does not become one element. */
const PIECE = 2_000

/** Longer texts are windowed. */
const WINDOWED_FROM = 4_000

/** Text of any length. Of a long one only the visible lines are in the page. */
export function LongText({ text, mono = true, tall = 480 }: { text: string; mono?: boolean; tall?: number }) {
  if (text.length <= WINDOWED_FROM) {
    return (
      <pre
        className={`whitespace-pre-wrap text-small [overflow-wrap:anywhere] ${mono ? "font-mono" : "font-sans"}`}
        dir="auto"
      >
        <Visible text={text} />
      </pre>
    )
  }
  return <Windowed text={text} tall={tall} />
}

const frame =
  "scroll-thin overflow-auto rounded-control border border-hairline bg-raised px-3 py-2 font-mono text-small"

function Windowed({ text, tall }: { text: string; tall: number }) {
  const scroller = useRef<HTMLDivElement>(null)
  const lines = useMemo(() => linesOf(text), [text])
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE,
    overscan: 10,
  })
  return (
    // It scrolls, so it must be reachable by keyboard.
    <div
      ref={scroller}
      role="region"
      aria-label="Long text"
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      className={frame}
      style={{ maxHeight: tall }}
    >
      <div className="relative" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => (
          <pre
            key={item.key}
            ref={virtual.measureElement}
            data-index={item.index}
            className="absolute inset-x-0 top-0 whitespace-pre-wrap [overflow-wrap:anywhere]"
            style={{ transform: `translateY(${item.start}px)`, minHeight: LINE }}
          >
            <Visible text={lines[item.index] ?? ""} />
          </pre>
        ))}
      </div>
    </div>
  )
}

function linesOf(text: string): string[] {
  const lines: string[] = []
  for (const line of text.split("\n")) {
    if (line.length <= PIECE) lines.push(line)
    else for (let at = 0; at < line.length; at += PIECE) lines.push(line.slice(at, at + PIECE))
  }
  return lines
}
