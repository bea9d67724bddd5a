/** The tree of spans with its waterfall: a tree grid in which only the visible rows exist. */
import { useVirtualizer } from "@tanstack/react-virtual"
import { useImperativeHandle, useRef, type Ref } from "react"
import { duration } from "../../../format/time"
import type { LightSpan } from "../../../layout/light"
import type { TreeRow } from "../../../layout/tree"
import { ticksOf } from "../../../layout/waterfall"
import { Divider } from "./Divider"
import { TreeLine, type TreeState } from "./TreeLine"

const ROW_HEIGHT = 28

export type TreeHandle = { show: (index: number) => void }

type TreeProps = TreeState & {
  ref: Ref<TreeHandle>
  rows: readonly TreeRow<LightSpan>[]
  treeWidth: number
  onTreeWidth: (width: number) => void
}

export function Tree(props: TreeProps) {
  const { rows, range, narrow, treeWidth } = props
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 14,
    scrollPaddingStart: 24,
  })
  useImperativeHandle(props.ref, () => ({ show: (index) => virtual.scrollToIndex(index, { align: "auto" }) }))
  const ticks = ticksOf(range, 0)
  const columns = narrow ? "minmax(0,1fr) 72px" : `${treeWidth}px minmax(0,1fr)`
  return (
    <div ref={scroller} className="scroll-thin min-h-0 flex-1 overflow-auto">
      <div role="treegrid" aria-label="Spans" aria-rowcount={rows.length + 1} className="relative min-w-full">
        <div
          role="row"
          aria-rowindex={1}
          className="sticky top-0 z-10 grid h-6 border-b border-hairline bg-raised text-label text-faint"
          style={{ gridTemplateColumns: columns }}
        >
          <div role="columnheader" className="relative px-4 leading-6">
            Span
            {!narrow && <Divider width={treeWidth} onWidth={props.onTreeWidth} />}
          </div>
          <div role="columnheader" className="relative overflow-hidden leading-6">
            {narrow ? <span className="block pr-3 text-right">Duration</span> : <TickLabels ticks={ticks} />}
          </div>
        </div>
        <div className="relative" style={{ height: virtual.getTotalSize() }}>
          {!narrow && (
            <div aria-hidden className="pointer-events-none absolute inset-y-0 right-0" style={{ left: treeWidth }}>
              {ticks.map(({ at, offsetMs }) => (
                <span key={offsetMs} className="absolute inset-y-0 w-px bg-hairline" style={{ left: `${at * 100}%` }} />
              ))}
            </div>
          )}
          {virtual.getVirtualItems().map((item) => {
            const row = rows[item.index]!
            return (
              <div key={row.id} className="absolute inset-x-0" style={{ top: item.start, height: ROW_HEIGHT }}>
                <TreeLine {...props} row={row} index={item.index} columns={columns} />
              </div>
            )
          })}
        </div>
      </div>
    </div>
  )
}

function TickLabels({ ticks }: { ticks: readonly { at: number; offsetMs: number }[] }) {
  return (
    <>
      <span className="sr-only">Time</span>
      {ticks
        .filter(({ at }) => at <= 0.9)
        .map(({ at, offsetMs }) => (
          <span
            key={offsetMs}
            aria-hidden
            className="absolute top-0 pl-1 whitespace-nowrap"
            style={{ left: `${at * 100}%` }}
          >
            {offsetMs === 0 ? "0" : duration(offsetMs)}
          </span>
        ))}
    </>
  )
}
