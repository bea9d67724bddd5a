/** The body of a trace's page: filter, minimap, tree with waterfall, and the details of one span. */
import { useEffect, useMemo, useRef, useState } from "react"
import { queryClient } from "../../api/client"
import { spanQuery } from "../../api/queries"
import type { LightTrace } from "../../api/types"
import { join } from "../../components/classes"
import { Boundary, Notice } from "../../components/States"
import { lightSpansOf, type LightSpan } from "../../layout/light"
import { criticalPath, forestOf, matchesRow, nodesOf, rowsOf, type TreeRow } from "../../layout/tree"
import { extentOf, zoomed, type TimeRange } from "../../layout/waterfall"
import { useMedia } from "../../state/media"
import { useSearch } from "../../state/search"
import { useShortcuts } from "../../state/shortcuts"
import { ScoreBar } from "../score/ScoreItem"
import { Minimap } from "./Minimap"
import { matchesOf, pills } from "./pills"
import { SpanDetail } from "./span/SpanDetail"
import { SpanFilter } from "./SpanFilter"
import { Tree, type TreeHandle } from "./tree/Tree"
import { printZoom, readZoom } from "./zoom"

type Row = TreeRow<LightSpan>

const nothing: ReadonlySet<string> = new Set()

/** In the address if the reader has closed the span that opens by default. */
const NO_SPAN = "none"

export function SpansPanel({ trace }: { trace: LightTrace }) {
  const [search, change] = useSearch()
  const narrow = useMedia("(max-width: 899px)")
  const spans = useMemo(() => lightSpansOf(trace.spans), [trace.spans])
  const roots = useMemo(() => forestOf(spans), [spans])
  const [closed, setClosed] = useState<ReadonlySet<string>>(nothing)
  // A link to a span expands the group that hides it.
  const [opened, setOpened] = useState<ReadonlySet<string>>(() =>
    groupsAround(rowsOf(roots, nothing, nothing), search["span"]),
  )
  const rows = useMemo(() => rowsOf(roots, closed, opened), [roots, closed, opened])
  const nodes = useMemo(() => rowsOf(roots, nothing, nothing).flatMap(nodesOf), [roots])
  const extent = useMemo(() => extentOf(nodes), [nodes])
  const critical = useMemo(() => criticalPath(roots), [roots])
  const [treeWidth, setTreeWidth] = useState(() => (window.innerWidth < 1300 ? 300 : 420))
  const tree = useRef<TreeHandle>(null)

  // By default the details of the most telling span are open. On a narrow page they would hide the tree.
  const wanted = search["span"] ?? (narrow ? undefined : mostTelling(spans)?.span_id)
  const selected = nodes.some(({ span }) => span.span_id === wanted) ? wanted! : null
  const range = readZoom(search["zoom"], extent)
  const pill = pills.find(({ id }) => id === search["pill"])?.id ?? null
  const find = search["find"] ?? ""
  const matches = useMemo(
    () => (pill || find ? matchesOf(spans, pill, find, critical) : null),
    [spans, pill, find, critical],
  )
  const alone = search["alone"] === "yes" && matches !== null
  const shown = alone ? rows.filter((row) => matchesRow(row, matches)) : rows

  const setZoom = (next: TimeRange | null): void => change({ zoom: printZoom(next, extent) }, "replace")
  const isOpen = (row: Row): boolean => (row.type === "group" ? opened.has(row.id) : !closed.has(row.id))
  const toggle = (row: Row): void => {
    if (row.type === "group") setOpened(toggled(opened, row.id))
    else setClosed(toggled(closed, row.id))
  }
  const scrollTo = (id: string | null): void => {
    const index = shown.findIndex((row) => row.id === id)
    if (index >= 0) tree.current?.show(index)
  }
  const select = (id: string): void => {
    change({ span: id }, selected === null ? "push" : "replace")
    scrollTo(id)
  }
  const close = (): void => change({ span: narrow ? undefined : NO_SPAN, tab: undefined })
  // Once, for the span that the address names; later selections scroll by themselves.
  // oxlint-disable-next-line react/exhaustive-deps
  useEffect(() => scrollTo(selected), [])

  const at = shown.findIndex((row) => row.id === selected)
  const seek = (by: 1 | -1, wanted: (row: Row) => boolean): void => {
    for (let index = at + by; index >= 0 && index < shown.length; index += by) {
      const row = shown[index]!
      if (row.type === "span" && wanted(row)) return select(row.id)
    }
  }
  const expand = (): void => {
    const row = shown[at]
    if (row?.type === "span" && row.node.children.length > 0 && !isOpen(row)) toggle(row)
  }
  const collapse = (): void => {
    const row = shown[at]
    if (row?.type !== "span") return
    if (row.node.children.length > 0 && isOpen(row)) toggle(row)
    else if (row.node.span.parent_span_id) select(row.node.span.parent_span_id)
  }
  const any = (): boolean => true
  const failed = (row: Row): boolean => row.type === "span" && row.node.span.status === "error"
  const slowSpans = useMemo(() => matchesOf(spans, "slow", "", critical), [spans, critical])
  const slow = (row: Row): boolean => slowSpans.has(row.id)
  const group = "Trace"
  useShortcuts([
    { keys: "j", label: "Next span", group, run: () => seek(1, any) },
    { keys: "ArrowDown", label: "Next span", group, run: () => seek(1, any) },
    { keys: "k", label: "Previous span", group, run: () => seek(-1, any) },
    { keys: "ArrowUp", label: "Previous span", group, run: () => seek(-1, any) },
    { keys: "h", label: "Collapse, or go to the parent", group, run: collapse },
    { keys: "ArrowLeft", label: "Collapse, or go to the parent", group, run: collapse },
    { keys: "l", label: "Expand", group, run: expand },
    { keys: "ArrowRight", label: "Expand", group, run: expand },
    { keys: "e", label: "Next error", group, run: () => seek(1, failed) },
    { keys: "E", label: "Previous error", group, run: () => seek(-1, failed) },
    { keys: "s", label: "Next slow span", group, run: () => seek(1, slow) },
    { keys: "S", label: "Previous slow span", group, run: () => seek(-1, slow) },
    { keys: "+", label: "Zoom in", group, run: () => setZoom(zoomed(range, extent, 0.5)) },
    { keys: "-", label: "Zoom out", group, run: () => setZoom(zoomed(range, extent, 2)) },
    { keys: "0", label: "Reset zoom", group, run: () => setZoom(null) },
    { keys: "Escape", label: "Close the span", group, run: () => selected !== null && close() },
  ])

  if (nodes.length === 0)
    return (
      <Notice title="No spans yet">
        <p>New spans appear automatically.</p>
      </Notice>
    )
  return (
    <div className="relative flex min-h-0 flex-1">
      <div className="flex min-w-0 flex-1 flex-col">
        <SpanFilter
          spans={spans}
          critical={critical}
          pill={pill}
          find={find}
          alone={alone}
          matches={matches?.size ?? null}
          onChange={change}
        />
        <ScoreBar scores={trace.scores.filter((score) => score.span_id === null)} />
        <Minimap nodes={nodes} extent={extent} range={range} onRange={setZoom} />
        {shown.length === 0 ? (
          <Notice title="No matching spans" />
        ) : (
          <Tree
            ref={tree}
            rows={shown}
            range={range}
            selected={selected}
            critical={critical}
            matches={alone ? null : matches}
            isOpen={isOpen}
            onToggle={toggle}
            onSelect={select}
            onPrefetch={(id) => void queryClient.prefetchQuery(spanQuery(trace.trace_id, id))}
            treeWidth={Math.min(treeWidth, selected !== null && !narrow ? 360 : 900)}
            onTreeWidth={setTreeWidth}
            narrow={narrow}
          />
        )}
      </div>
      {selected !== null && (
        <aside aria-label="Span" className={detailLayout}>
          <Boundary key={selected} what="span">
            <SpanDetail trace={trace} spanId={selected} onClose={close} />
          </Boundary>
        </aside>
      )}
    </div>
  )
}

/** A sheet at the bottom of a narrow page, a column beside the tree on a wide one. */
const detailLayout = join(
  "absolute inset-x-0 bottom-0 z-20 flex h-3/4 flex-col rounded-t-card border-t border-hairline bg-background",
  "shadow-(--shadow) md:static md:h-auto md:w-[42%] md:shrink-0 md:rounded-none md:border-t-0 md:border-l",
  "md:shadow-none",
)

/** The span that says most about a trace: the first failure, else the first LLM call, else the first span. */
function mostTelling(spans: readonly LightSpan[]): LightSpan | undefined {
  const failed = spans.filter(({ status }) => status === "error")
  // A failure also marks the parents of the span that failed.
  const ancestors = new Set(failed.map(({ parent_span_id }) => parent_span_id))
  return failed.find(({ span_id }) => !ancestors.has(span_id)) ?? spans.find(({ kind }) => kind === "llm") ?? spans[0]
}

/** The groups that contain a span. */
function groupsAround(rows: readonly Row[], id: string | undefined): ReadonlySet<string> {
  const groups = rows.filter((row) => row.type === "group" && nodesOf(row).some(({ span }) => span.span_id === id))
  return new Set(groups.map((row) => row.id))
}

function toggled(set: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(set)
  if (!next.delete(id)) next.add(id)
  return next
}
