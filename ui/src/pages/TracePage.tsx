import { useQuery } from "@tanstack/react-query"
import { useRouter } from "@tanstack/react-router"
import { ChevronLeft, ChevronRight } from "lucide-react"
import { useEffect, useMemo, useRef, useState } from "react"
import { queryClient } from "../api/client"
import { headQuery, spanQuery, traceQuery } from "../api/queries"
import type { LightTrace, TraceRow } from "../api/types"
import { compact, count, plural } from "../format/number"
import { shortId } from "../format/text"
import { duration, moment } from "../format/time"
import { lightSpansOf, type LightSpan } from "../layout/light"
import { criticalPath, forestOf, rowsOf, type TreeNode, type TreeRow } from "../layout/tree"
import { extentOf, zoomed, type Range } from "../layout/waterfall"
import { cachedRow } from "../api/cached"
import { ScoreItem } from "../features/conversation/items/ItemView"
import { Cost, Errors } from "../features/list/cells"
import { PageHead } from "../features/shell/PageHead"
import { Minimap } from "../features/trace/Minimap"
import { matchesOf, pills, type PillId } from "../features/trace/pills"
import { SpanDetail } from "../features/trace/SpanDetail"
import { Tree, type TreeHandle } from "../features/trace/Tree"
import { paths } from "../paths"
import { useKeys } from "../state/keys"
import { useMedia } from "../state/media"
import { usePathId } from "../state/path"
import { notePlace } from "../state/recent"
import { useSearch } from "../state/search"
import { chip, join, link, quiet } from "../components/classes"
import { Link } from "../components/Link"
import { Boundary, Fault, Notice, Skeleton } from "../components/States"
import { Ago } from "../components/Time"
import { Visible } from "../components/text/Visible"

export default function TracePage() {
  const traceId = usePathId()
  const trace = useQuery(traceQuery(traceId))
  const row: TraceRow | undefined = trace.data ?? cachedRow("traces", (one) => one.trace_id === traceId)
  const title = row?.name || shortId(traceId)
  const known = row !== undefined
  useEffect(() => {
    if (known) notePlace({ href: paths.trace(traceId), title })
  }, [known, traceId, title])
  return (
    <>
      <PageHead
        title={title}
        heading={<Visible text={title} />}
        lead={
          <nav aria-label="Above this page" className="order-first flex min-w-0 items-center gap-2 text-secondary">
            <Link href={paths.traces} className={link}>
              Traces
            </Link>
            <span aria-hidden>/</span>
          </nav>
        }
      >
        {row?.session_id && <Neighbours trace={row} sessionId={row.session_id} />}
      </PageHead>
      {trace.error && !trace.data ? (
        <Fault error={trace.error} what="trace" retry={() => void trace.refetch()} />
      ) : (
        <>
          <Summary trace={row} />
          {trace.data ? (
            <Boundary key={traceId} what="spans">
              <Spans trace={trace.data} />
            </Boundary>
          ) : (
            <Skeleton lines={10} height={18} gap={10} />
          )}
        </>
      )}
    </>
  )
}

/** The turns of the same session before and after this one. */
function Neighbours({ trace, sessionId }: { trace: TraceRow; sessionId: string }) {
  const router = useRouter()
  const list = useQuery({
    ...headQuery("traces", { session: sessionId, sort: "started_at" }),
    refetchInterval: false,
    staleTime: 10_000,
  })
  const all = list.data?.items ?? []
  const at = all.findIndex((one) => one.trace_id === trace.trace_id)
  const before = at > 0 ? all[at - 1] : undefined
  const after = at >= 0 ? all[at + 1] : undefined
  const go = (to: TraceRow | undefined): void => {
    if (to) router.history.push(paths.trace(to.trace_id))
  }
  useKeys([
    { keys: "J", label: "Next trace of the session", group: "Trace", run: () => go(after) },
    { keys: "K", label: "Trace before in the session", group: "Trace", run: () => go(before) },
  ])
  if (at < 0) return null
  return (
    <>
      <button
        type="button"
        className={quiet}
        disabled={!before}
        aria-label="Trace before in the session"
        title="Trace before in the session (K)"
        onClick={() => go(before)}
      >
        <ChevronLeft size={14} aria-hidden />
      </button>
      <Link href={paths.turn(sessionId, at + 1)} className={join(quiet, "max-sm:hidden")}>
        turn {at + 1} of {list.data?.next_cursor ? "many" : count(all.length)}
      </Link>
      <button
        type="button"
        className={quiet}
        disabled={!after}
        aria-label="Next trace of the session"
        title="Next trace of the session (J)"
        onClick={() => go(after)}
      >
        <ChevronRight size={14} aria-hidden />
      </button>
    </>
  )
}

function Summary({ trace }: { trace: TraceRow | undefined }) {
  if (!trace) return <div className="h-9 shrink-0 border-b border-hairline" aria-hidden />
  return (
    <div className="scroll-thin flex min-h-9 shrink-0 items-center gap-x-4 overflow-x-auto border-b border-hairline px-4 text-small whitespace-nowrap text-secondary">
      {trace.user_id !== null && (
        <Link href={paths.user(trace.user_id)} className={link} title={trace.user_id}>
          <Visible text={trace.user_name ?? shortId(trace.user_id, 28)} />
        </Link>
      )}
      {trace.session_id !== null && (
        <span>
          session{" "}
          <Link href={paths.session(trace.session_id)} className={join(link, "underline")}>
            <Visible text={shortId(trace.session_id, 28)} />
          </Link>
        </span>
      )}
      <span className="font-medium text-text">{duration(trace.duration_ms)}</span>
      <span>{plural(trace.spans_total, "span")}</span>
      <span>{plural(trace.llm_calls, "LLM call")}</span>
      <span>
        <Cost row={trace} />
      </span>
      <span title={`${count(trace.input_tokens)} in, ${count(trace.output_tokens)} out`}>
        {compact(trace.input_tokens + trace.output_tokens)} tokens
      </span>
      {trace.errors > 0 && (
        <span className="inline-flex items-center gap-1">
          <Errors value={trace.errors} /> {trace.errors === 1 ? "error" : "errors"}
        </span>
      )}
      {trace.tags.map((tag) => (
        <span key={tag} className={join(chip, "bg-inset")}>
          <Visible text={tag} />
        </span>
      ))}
      {trace.environment && (
        <span className={join(chip, "bg-inset")}>
          <Visible text={trace.environment} />
        </span>
      )}
      {trace.release && (
        <span className={join(chip, "bg-inset")}>
          release <Visible text={trace.release} />
        </span>
      )}
      <span className="ml-auto" title={moment(trace.started_at)}>
        started <Ago at={trace.started_at} />
      </span>
    </div>
  )
}

const nothing: ReadonlySet<string> = new Set()

function Spans({ trace }: { trace: LightTrace }) {
  const [search, change] = useSearch()
  const narrow = useMedia("(max-width: 899px)")
  const spans = useMemo(() => lightSpansOf(trace.spans), [trace.spans])
  const roots = useMemo(() => forestOf(spans), [spans])
  const [closed, setClosed] = useState<ReadonlySet<string>>(nothing)
  // A link to a span opens the group that hides it.
  const [opened, setOpened] = useState<ReadonlySet<string>>(() =>
    groupsAround(rowsOf(roots, nothing, nothing), search["span"]),
  )
  const rows = useMemo(() => rowsOf(roots, closed, opened), [roots, closed, opened])
  const nodes = useMemo(
    () => rowsOf(roots, nothing, nothing).flatMap((row) => (row.type === "span" ? [row.node] : row.nodes)),
    [roots],
  )
  const extent = useMemo(() => extentOf(nodes), [nodes])
  const critical = useMemo(() => criticalPath(roots), [roots])
  const [treeWidth, setTreeWidth] = useState(() => (window.innerWidth < 1300 ? 300 : 420))
  const tree = useRef<TreeHandle>(null)

  // Who opens a trace wants to read what was said or what failed; on a narrow page it would hide the tree.
  const wanted = search["span"] ?? (narrow ? undefined : mostTelling(spans)?.span_id)
  const selected = nodes.some(({ span }) => span.span_id === wanted) ? wanted! : null
  const range = zoomOf(search["zoom"], extent)
  const pill = pills.some(({ id }) => id === search["pill"]) ? (search["pill"] as PillId) : null
  const find = search["find"] ?? ""
  const matches = useMemo(
    () => (pill || find ? matchesOf(spans, pill, find, critical) : null),
    [spans, pill, find, critical],
  )
  const alone = search["alone"] === "yes" && matches !== null
  const shown = alone
    ? rows.filter((row) =>
        row.type === "group" ? row.nodes.some(({ span }) => matches.has(span.span_id)) : matches.has(row.id),
      )
    : rows

  const setZoom = (next: Range | null): void =>
    change(
      {
        zoom:
          next && (next.fromMs > extent.fromMs || next.toMs < extent.toMs)
            ? `${round(next.fromMs)}..${round(next.toMs)}`
            : undefined,
      },
      "replace",
    )
  const isOpen = (row: TreeRow<LightSpan>): boolean => (row.type === "group" ? opened.has(row.id) : !closed.has(row.id))
  const toggle = (row: TreeRow<LightSpan>): void => {
    if (row.type === "group") setOpened(toggled(opened, row.id))
    else setClosed(toggled(closed, row.id))
  }
  const select = (id: string | null): void => {
    change(
      { span: id ?? (narrow ? undefined : NO_SPAN), ...(id === null ? { tab: undefined } : {}) },
      selected === null || id === null ? "push" : "replace",
    )
    const index = shown.findIndex((row) => row.id === id)
    if (index >= 0) tree.current?.show(index)
  }
  useEffect(() => {
    const index = shown.findIndex((row) => row.id === selected)
    if (index >= 0) tree.current?.show(index)
    // Once, for the span that the address names; later selections scroll by themselves.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [])

  const at = shown.findIndex((row) => row.id === selected)
  const step = (by: 1 | -1, wanted: (row: TreeRow<LightSpan>) => boolean): void => {
    for (let index = at + by; index >= 0 && index < shown.length; index += by) {
      const row = shown[index]!
      if (row.type === "span" && wanted(row)) return select(row.id)
    }
  }
  const any = (): boolean => true
  const failed = (row: TreeRow<LightSpan>): boolean => row.type === "span" && row.node.span.status === "error"
  const slowSpans = useMemo(() => matchesOf(spans, "slow", "", critical), [spans, critical])
  const slow = (row: TreeRow<LightSpan>): boolean => slowSpans.has(row.id)
  const fold = (open: boolean): void => {
    const row = shown[at]
    if (row?.type === "span" && row.node.children.length > 0 && isOpen(row) !== open) toggle(row)
    else if (!open && row?.type === "span" && row.node.span.parent_span_id) select(row.node.span.parent_span_id)
  }
  useKeys([
    { keys: "j", label: "Next span", group: "Trace", run: () => step(1, any) },
    { keys: "ArrowDown", label: "Next span", group: "Trace", run: () => step(1, any) },
    { keys: "k", label: "Span before", group: "Trace", run: () => step(-1, any) },
    { keys: "ArrowUp", label: "Span before", group: "Trace", run: () => step(-1, any) },
    { keys: "h", label: "Fold, or go to the parent", group: "Trace", run: () => fold(false) },
    { keys: "ArrowLeft", label: "Fold, or go to the parent", group: "Trace", run: () => fold(false) },
    { keys: "l", label: "Unfold", group: "Trace", run: () => fold(true) },
    { keys: "ArrowRight", label: "Unfold", group: "Trace", run: () => fold(true) },
    { keys: "e", label: "Next error", group: "Trace", run: () => step(1, failed) },
    { keys: "E", label: "Error before", group: "Trace", run: () => step(-1, failed) },
    { keys: "s", label: "Next slow span", group: "Trace", run: () => step(1, slow) },
    { keys: "S", label: "Slow span before", group: "Trace", run: () => step(-1, slow) },
    { keys: "+", label: "Zoom in", group: "Trace", run: () => setZoom(zoomed(range, extent, 0.5)) },
    { keys: "-", label: "Zoom out", group: "Trace", run: () => setZoom(zoomed(range, extent, 2)) },
    { keys: "0", label: "See the whole trace", group: "Trace", run: () => setZoom(null) },
    { keys: "Escape", label: "Close the span", group: "Trace", run: () => selected !== null && select(null) },
  ])

  if (nodes.length === 0)
    return (
      <Notice title="No span has arrived yet">
        <p>It comes here by itself.</p>
      </Notice>
    )
  return (
    <div className="relative flex min-h-0 flex-1">
      <div className="flex min-w-0 flex-1 flex-col">
        <Pills
          spans={spans}
          critical={critical}
          pill={pill}
          find={find}
          alone={alone}
          matches={matches?.size ?? null}
          onChange={change}
        />
        {trace.scores.some((score) => score.span_id === null) && (
          <div className="flex flex-wrap gap-2 border-b border-hairline px-4 py-2">
            {trace.scores
              .filter((score) => score.span_id === null)
              .map((score) => (
                <ScoreItem key={score.score_id} score={score} />
              ))}
          </div>
        )}
        <Minimap nodes={nodes as TreeNode<LightSpan>[]} extent={extent} range={range} onRange={setZoom} />
        {shown.length === 0 ? (
          <Notice title="No span matches" />
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
        <aside
          aria-label="Span"
          className="absolute inset-x-0 bottom-0 z-20 flex h-3/4 flex-col rounded-t-card border-t border-hairline bg-background shadow-(--shadow) md:static md:h-auto md:w-[42%] md:shrink-0 md:rounded-none md:border-t-0 md:border-l md:shadow-none"
        >
          <Boundary key={selected} what="span">
            <SpanDetail trace={trace} spanId={selected} onClose={() => select(null)} />
          </Boundary>
        </aside>
      )}
    </div>
  )
}

type PillsProps = {
  spans: readonly LightSpan[]
  critical: ReadonlySet<string>
  pill: PillId | null
  find: string
  alone: boolean
  matches: number | null
  onChange: (changes: Record<string, string | undefined>, how?: "push" | "replace") => void
}

function Pills({ spans, critical, pill, find, alone, matches, onChange }: PillsProps) {
  const counted = useMemo(
    () => pills.map((one) => ({ ...one, count: matchesOf(spans, one.id, "", critical).size })),
    [spans, critical],
  )
  return (
    <div className="scroll-thin flex min-h-10 shrink-0 items-center gap-1.5 overflow-x-auto border-b border-hairline px-4">
      {counted
        .filter((one) => one.count > 0)
        .map(({ id, label, count }) => (
          <button
            key={id}
            type="button"
            aria-pressed={id === pill}
            onClick={() => onChange({ pill: id === pill ? undefined : id }, "replace")}
            className={join(
              "inline-flex h-6 shrink-0 items-center gap-1.5 rounded-full border px-2 text-small pointer-coarse:h-9",
              id === pill ? "border-accent bg-selected text-text" : "border-hairline text-secondary hover:bg-hover",
            )}
          >
            {label} <span className={id === "errors" ? "font-medium text-error" : "text-faint"}>{count}</span>
          </button>
        ))}
      {matches !== null && (
        <label className="ml-1 flex shrink-0 items-center gap-1.5 text-small text-secondary">
          <input
            type="checkbox"
            checked={alone}
            onChange={() => onChange({ alone: alone ? undefined : "yes" }, "replace")}
          />
          only these {count(matches)}
        </label>
      )}
      <input
        type="search"
        aria-label="Find spans by name or model"
        placeholder="Find a span"
        value={find}
        onChange={(event) => onChange({ find: event.target.value || undefined }, "replace")}
        className="ml-auto h-7 w-40 shrink-0 rounded-control border border-control bg-background px-2 text-small placeholder:text-faint pointer-coarse:h-10"
      />
    </div>
  )
}

/** In the address where a person closed the span that opens by itself. */
const NO_SPAN = "none"

/** The span that says most about a trace: the first where something failed, else the first LLM call, else the first. */
function mostTelling(spans: readonly LightSpan[]): LightSpan | undefined {
  const failed = spans.filter(({ status }) => status === "error")
  // A parent fails of what failed beneath it.
  const passedOn = new Set(failed.map(({ parent_span_id }) => parent_span_id))
  return failed.find(({ span_id }) => !passedOn.has(span_id)) ?? spans.find(({ kind }) => kind === "llm") ?? spans[0]
}

const groupsAround = (rows: readonly TreeRow<LightSpan>[], id: string | undefined): ReadonlySet<string> =>
  new Set(
    rows
      .filter((row) => row.type === "group" && row.nodes.some(({ span }) => span.span_id === id))
      .map((row) => row.id),
  )

function toggled(set: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(set)
  if (!next.delete(id)) next.add(id)
  return next
}

// `120..480` in milliseconds since the start of the trace.
function zoomOf(text: string | undefined, extent: Range): Range {
  const [fromMs, toMs] = (text ?? "").split("..").map(Number)
  if (fromMs === undefined || toMs === undefined || !(toMs > fromMs)) return extent
  return { fromMs: Math.max(extent.fromMs, fromMs), toMs: Math.min(extent.toMs, toMs) }
}

const round = (ms: number): number => Number(ms.toFixed(ms < 10 ? 3 : 0))
