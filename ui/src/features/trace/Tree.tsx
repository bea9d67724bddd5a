/** Tree and waterfall in one row each; a tree grid, of which only the rows in sight exist. */
import { useVirtualizer } from "@tanstack/react-virtual"
import { ChevronRight, TriangleAlert, Unlink } from "lucide-react"
import { useEffect, useImperativeHandle, useRef, type KeyboardEvent, type Ref } from "react"
import { cost } from "../../format/number"
import { duration } from "../../format/time"
import type { LightSpan } from "../../layout/light"
import type { TreeRow } from "../../layout/tree"
import { barOf, labelSide, ticksOf, type Range } from "../../layout/waterfall"
import { join } from "../../components/classes"
import { KindIcon, kinds } from "../../components/kinds"
import { Visible } from "../../components/text/Visible"

const ROW = 28
/** Deeper rows stand no further right, so that a chain of a thousand stays readable. */
const DEEPEST = 14

export type TreeHandle = { show: (index: number) => void }

type TreeProps = {
  ref: Ref<TreeHandle>
  rows: readonly TreeRow<LightSpan>[]
  range: Range
  selected: string | null
  critical: ReadonlySet<string>
  matches: ReadonlySet<string> | null
  isOpen: (row: TreeRow<LightSpan>) => boolean
  onToggle: (row: TreeRow<LightSpan>) => void
  onSelect: (id: string) => void
  onPrefetch: (id: string) => void
  treeWidth: number
  onTreeWidth: (width: number) => void
  narrow: boolean
}

export function Tree(props: TreeProps) {
  const { rows, range, narrow, treeWidth } = props
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
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
            <span className="sr-only">Time</span>
            {!narrow &&
              ticks
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
            {narrow && (
              <span aria-hidden className="block pr-3 text-right">
                time
              </span>
            )}
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
              <div key={row.id} className="absolute inset-x-0" style={{ top: item.start, height: ROW }}>
                <TreeLine {...props} row={row} index={item.index} columns={columns} />
              </div>
            )
          })}
        </div>
      </div>
    </div>
  )
}

function TreeLine({
  row,
  index,
  columns,
  range,
  selected,
  critical,
  matches,
  isOpen,
  onToggle,
  onSelect,
  onPrefetch,
  narrow,
}: TreeProps & { row: TreeRow<LightSpan>; index: number; columns: string }) {
  const foldable = row.type === "group" || row.node.children.length > 0
  const open = foldable && isOpen(row)
  const here = row.id === selected
  const faded =
    matches !== null &&
    (row.type === "group" ? !row.nodes.some(({ span }) => matches.has(span.span_id)) : !matches.has(row.id))
  const own = useRef<HTMLDivElement>(null)
  useEffect(() => {
    // The focus goes with the selection, when it is in the tree at all.
    if (here && document.activeElement?.closest('[role="treegrid"]')) own.current?.focus({ preventScroll: true })
  }, [here])
  const choose = (): void => (row.type === "group" ? onToggle(row) : onSelect(row.id))
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" && event.key !== " ") return
    event.preventDefault()
    choose()
  }
  const depth = Math.min(row.depth, DEEPEST)
  const kind = row.type === "group" ? row.nodes[0]!.span.kind : row.node.span.kind
  const name = row.type === "group" ? row.nodes[0]!.span.name : row.node.span.name
  const failed = row.type === "group" ? row.errors > 0 : row.node.span.status === "error"
  return (
    <div
      ref={own}
      role="row"
      aria-rowindex={index + 2}
      aria-level={row.depth + 1}
      aria-expanded={foldable ? open : undefined}
      aria-selected={here}
      tabIndex={here || (selected === null && index === 0) ? 0 : -1}
      data-row={row.id}
      className={join("grid h-full cursor-pointer outline-offset-[-2px]", here ? "bg-selected" : "hover:bg-hover")}
      style={{ gridTemplateColumns: columns }}
      onClick={choose}
      onKeyDown={onKeyDown}
      onPointerEnter={() => row.type === "span" && onPrefetch(row.id)}
    >
      <div
        role="gridcell"
        className="flex min-w-0 items-center gap-1.5 pr-2"
        style={{ paddingLeft: 8 + depth * (narrow ? 10 : 16) }}
      >
        {foldable ? (
          <button
            type="button"
            tabIndex={-1}
            aria-label={open ? "fold" : "unfold"}
            className="inline-flex size-6 shrink-0 items-center justify-center rounded-chip text-faint hover:bg-inset"
            onClick={(event) => {
              event.stopPropagation()
              onToggle(row)
            }}
          >
            <ChevronRight size={12} aria-hidden className={join("transition-transform", open && "rotate-90")} />
          </button>
        ) : (
          <span className="w-6 shrink-0" />
        )}
        {row.depth > DEEPEST && <span className="text-label text-faint">{row.depth}</span>}
        <KindIcon kind={kind} />
        {row.type === "group" && <span className="shrink-0 text-small text-secondary">× {row.nodes.length}</span>}
        <span className={join("min-w-0 truncate", failed ? "text-error" : faded && "text-faint")}>
          <Visible text={name} />
        </span>
        {row.type === "span" &&
          row.node.span.model &&
          !row.node.span.model.startsWith(name.slice(name.lastIndexOf(" ") + 1)) && (
            <span className="min-w-0 shrink-[3] truncate text-small text-faint">{row.node.span.model}</span>
          )}
        {failed && <TriangleAlert size={12} role="img" aria-label="failed" className="shrink-0 text-error" />}
        {row.type === "span" && !failed && row.node.failing && !open && (
          <span className="size-1.5 shrink-0 rounded-full bg-error" title="something below failed" />
        )}
        {row.type === "span" && row.node.span.orphan && (
          <Unlink size={12} role="img" aria-label="its parent was never received" className="shrink-0 text-warning" />
        )}
        {row.type === "span" && row.node.span.duplicate && (
          <span
            className="shrink-0 rounded-chip bg-inset px-1 text-label text-secondary"
            title="another span already counts for this call"
          >
            twice
          </span>
        )}
        {row.type === "span" && !open && row.node.below > 0 && (
          <span className="shrink-0 text-label text-faint">{row.node.below}</span>
        )}
      </div>
      <div role="gridcell" className="relative min-w-0 overflow-hidden">
        {narrow ? (
          <span className="block pr-3 text-right text-small leading-7 text-secondary">
            {duration(row.type === "group" ? row.medianMs : row.node.span.duration_ms)}
          </span>
        ) : (
          <Bars
            row={row}
            range={range}
            onPath={row.type === "span" && critical.has(row.id)}
            kind={kind}
            failed={failed}
            faded={faded}
          />
        )}
      </div>
    </div>
  )
}

function Bars({
  row,
  range,
  onPath,
  kind,
  failed,
  faded,
}: {
  row: TreeRow<LightSpan>
  range: Range
  onPath: boolean
  kind: LightSpan["kind"]
  failed: boolean
  faded: boolean
}) {
  const look = join(failed ? "bg-error" : kinds[kind].bar, faded && "opacity-20")
  const whole =
    row.type === "group" ? barOf(row.startMs, row.endMs, range) : barOf(row.node.startMs, row.node.endMs, range)
  if (!whole) return null
  const label =
    row.type === "group"
      ? `half within ${duration(row.medianMs)}${row.errors > 0 ? `, ${row.errors} failed` : ""}`
      : [duration(row.node.span.duration_ms), row.node.span.cost_usd ? cost(row.node.span.cost_usd) : null]
          .filter(Boolean)
          .join(" · ")
  const side = labelSide(whole, 0.16)
  const place =
    side === "right"
      ? { left: `calc(${(whole.left + whole.width) * 100}% + 6px)` }
      : side === "left"
        ? { right: `calc(${(1 - whole.left) * 100}% + 6px)` }
        : { left: `calc(${whole.left * 100}% + 6px)` }
  // A group of thousands is drawn as its extent; the pieces of a small one are seen.
  const pieces =
    row.type === "group" && row.nodes.length <= 200
      ? row.nodes.flatMap((node) => barOf(node.startMs, node.endMs, range) ?? [])
      : null
  return (
    <>
      {pieces ? (
        pieces.map((bar, index) => (
          <span
            key={index}
            data-bar
            className={join("absolute top-[7px] h-3.5 min-w-px rounded-[2px]", look)}
            style={{ left: `${bar.left * 100}%`, width: `${bar.width * 100}%` }}
          />
        ))
      ) : (
        <span
          data-bar
          className={join(
            "absolute top-[7px] h-3.5 min-w-[2px] rounded-[3px]",
            look,
            row.type === "group" && !faded && "opacity-60",
            whole.before && "rounded-l-none",
            whole.after && "rounded-r-none",
          )}
          style={{ left: `${whole.left * 100}%`, width: `${whole.width * 100}%` }}
        />
      )}
      {onPath && (
        <span
          aria-hidden
          className="absolute top-[23px] h-px min-w-[2px] bg-text"
          style={{ left: `${whole.left * 100}%`, width: `${whole.width * 100}%` }}
        />
      )}
      <span
        className={join(
          "absolute top-0 text-label leading-7 whitespace-nowrap",
          side === "inside"
            ? join("top-[7px]! leading-[14px]!", faded ? "text-text" : "text-on-accent")
            : "text-secondary",
        )}
        style={place}
      >
        {label}
      </span>
    </>
  )
}

function Divider({ width, onWidth }: { width: number; onWidth: (width: number) => void }) {
  const clamp = (value: number): number => Math.round(Math.min(900, Math.max(160, value)))
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label="Width of the tree"
      aria-valuenow={width}
      aria-valuemin={160}
      aria-valuemax={900}
      // A separator that can be moved is a control.
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      className="absolute inset-y-0 -right-1 z-10 w-2 cursor-col-resize touch-none hover:bg-accent"
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={(event) => {
        if (event.buttons === 1)
          onWidth(clamp(event.clientX - event.currentTarget.closest('[role="row"]')!.getBoundingClientRect().left))
      }}
      onKeyDown={(event) => {
        const by = event.key === "ArrowLeft" ? -16 : event.key === "ArrowRight" ? 16 : 0
        if (by === 0) return
        event.preventDefault()
        event.stopPropagation()
        onWidth(clamp(width + by))
      }}
    />
  )
}
