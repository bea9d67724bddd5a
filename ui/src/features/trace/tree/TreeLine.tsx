import { ChevronRight, TriangleAlert, Unlink } from "lucide-react"
import { useEffect, useRef, type KeyboardEvent } from "react"
import { join } from "../../../components/classes"
import { KindIcon } from "../../../components/kinds"
import { Visible } from "../../../components/text/Visible"
import { duration } from "../../../format/time"
import type { LightSpan } from "../../../layout/light"
import { matchesRow, type TreeNode, type TreeRow } from "../../../layout/tree"
import type { TimeRange } from "../../../layout/waterfall"
import { Bars } from "./Bars"
import { lineOf } from "./line"

/** Deeper rows are not indented further, so that a chain of a thousand spans stays readable. */
const MOST_INDENTED = 14

/** The props that all lines of a tree share. */
export type TreeState = {
  range: TimeRange
  selected: string | null
  critical: ReadonlySet<string>
  /** Other spans are faded; null if none are. */
  matches: ReadonlySet<string> | null
  isOpen: (row: TreeRow<LightSpan>) => boolean
  onToggle: (row: TreeRow<LightSpan>) => void
  onSelect: (id: string) => void
  onPrefetch: (id: string) => void
  /** Durations as text instead of the waterfall. */
  narrow: boolean
}

type TreeLineProps = TreeState & { row: TreeRow<LightSpan>; index: number; columns: string }

/** One row of the tree: a span, or a group of equal spans, and its bar. */
export function TreeLine(props: TreeLineProps) {
  const { row, index, columns, range, selected, critical, matches, isOpen, onToggle, narrow } = props
  const line = lineOf(row)
  const node = row.type === "span" ? row.node : null
  const expandable = node === null || node.children.length > 0
  const open = expandable && isOpen(row)
  const isSelected = row.id === selected
  const faded = matches !== null && !matchesRow(row, matches)
  const element = useRef<HTMLDivElement>(null)
  useEffect(() => {
    // The focus follows the selection if it is in the tree at all.
    if (isSelected && document.activeElement?.closest('[role="treegrid"]'))
      element.current?.focus({ preventScroll: true })
  }, [isSelected])
  const choose = (): void => (node === null ? onToggle(row) : props.onSelect(row.id))
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" && event.key !== " ") return
    event.preventDefault()
    choose()
  }
  const indent = 8 + Math.min(row.depth, MOST_INDENTED) * (narrow ? 10 : 16)
  return (
    <div
      ref={element}
      role="row"
      aria-rowindex={index + 2}
      aria-level={row.depth + 1}
      aria-expanded={expandable ? open : undefined}
      aria-selected={isSelected}
      tabIndex={isSelected || (selected === null && index === 0) ? 0 : -1}
      data-row={row.id}
      className={join(
        "grid h-full cursor-pointer outline-offset-[-2px]",
        isSelected ? "bg-selected" : "hover:bg-hover",
      )}
      style={{ gridTemplateColumns: columns }}
      onClick={choose}
      onKeyDown={onKeyDown}
      onPointerEnter={() => node && props.onPrefetch(row.id)}
    >
      <div role="gridcell" className="flex min-w-0 items-center gap-1.5 pr-2" style={{ paddingLeft: indent }}>
        {expandable ? <Toggle open={open} onToggle={() => onToggle(row)} /> : <span className="w-6 shrink-0" />}
        {row.depth > MOST_INDENTED && <span className="text-label text-faint">{row.depth}</span>}
        <KindIcon kind={line.kind} />
        {row.type === "group" && <span className="shrink-0 text-small text-secondary">× {row.nodes.length}</span>}
        <span className={join("min-w-0 truncate", line.failed ? "text-error" : faded && "text-faint")}>
          <Visible text={line.name} />
        </span>
        {node && <Model span={node.span} />}
        {line.failed && <TriangleAlert size={12} role="img" aria-label="failed" className="shrink-0 text-error" />}
        {node && <Marks node={node} open={open} />}
      </div>
      <div role="gridcell" className="relative min-w-0 overflow-hidden">
        {narrow ? (
          <span className="block pr-3 text-right text-small leading-7 text-secondary">{duration(line.durationMs)}</span>
        ) : (
          <Bars
            row={row}
            line={line}
            range={range}
            onCriticalPath={node !== null && critical.has(row.id)}
            faded={faded}
          />
        )}
      </div>
    </div>
  )
}

function Toggle({ open, onToggle }: { open: boolean; onToggle: () => void }) {
  return (
    <button
      type="button"
      tabIndex={-1}
      aria-label={open ? "Collapse" : "Expand"}
      className="inline-flex size-6 shrink-0 items-center justify-center rounded-chip text-faint hover:bg-inset"
      onClick={(event) => {
        event.stopPropagation()
        onToggle()
      }}
    >
      <ChevronRight size={12} aria-hidden className={join("transition-transform", open && "rotate-90")} />
    </button>
  )
}

/** The model, unless the name of the span already ends with it. */
function Model({ span: { model, name } }: { span: LightSpan }) {
  if (!model || model.startsWith(name.slice(name.lastIndexOf(" ") + 1))) return null
  return <span className="min-w-0 shrink-[3] truncate text-small text-faint">{model}</span>
}

function Marks({ node: { span, failing, below }, open }: { node: TreeNode<LightSpan>; open: boolean }) {
  return (
    <>
      {failing && span.status !== "error" && !open && (
        <span className="size-1.5 shrink-0 rounded-full bg-error" title="A span below this one failed" />
      )}
      {span.orphan && (
        <Unlink size={12} role="img" aria-label="parent span never received" className="shrink-0 text-warning" />
      )}
      {span.duplicate && (
        <span
          className="shrink-0 rounded-chip bg-inset px-1 text-label text-secondary"
          title="Another span already counts this call"
        >
          duplicate
        </span>
      )}
      {!open && below > 0 && <span className="shrink-0 text-label text-faint">{below}</span>}
    </>
  )
}
