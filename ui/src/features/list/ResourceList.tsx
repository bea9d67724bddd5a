/** A page's list: filter bar, virtual table, live rows, and what stands there when there are none. */
import { lazy, Suspense, useCallback, useMemo, useRef, useState, type ReactNode } from "react"
import type { Parameters } from "../../api/client"
import type { Resource, RowOf } from "../../api/queries"
import { count, plural } from "../../format/number"
import { useNarrow } from "../../state/media"
import { useSearch } from "../../state/search"
import { join, primary } from "../../components/classes"
import { Fault, Notice } from "../../components/States"
import { Table, type Column } from "../../components/table/Table"
import { Columns3, Download, Rows2, Rows3, Rows4 } from "lucide-react"
import { quiet } from "../../components/classes"
import { PageHead } from "../shell/PageHead"
import { Start } from "../connect/Connect"
import { FilterBar } from "./FilterBar"
import { useList } from "./useList"

const ColumnPicker = lazy(() => import("./ColumnPicker"))
const ExportMenu = lazy(() => import("./ExportMenu"))

const heights = { compact: 28, normal: 36, roomy: 44 } as const
type Density = keyof typeof heights
const densities: readonly Density[] = ["compact", "normal", "roomy"]
const densitySigns = { compact: Rows4, normal: Rows3, roomy: Rows2 }

type ResourceListProps<R extends Resource> = {
  resource: R
  /** Of one user: a part of a page, without a head of its own. */
  fixed?: Parameters
  title: string
  noun: string
  columns: Column<RowOf[R]>[]
  /** Columns shown when the address names none. */
  usual: readonly string[]
  usualSort: string
  keyOf: (row: RowOf[R]) => string
  hrefOf: (row: RowOf[R]) => string
  onPrefetch: (row: RowOf[R]) => void
  /** A row on a phone: everything in one cell. */
  narrow: (row: RowOf[R]) => ReactNode
  embedded?: boolean
}

export function ResourceList<R extends Resource>(props: ResourceListProps<R>) {
  const { resource, columns, usual, keyOf, fixed } = props
  const [search, change] = useSearch()
  const isNarrow = useNarrow()
  const [inside, setInside] = useState(false)
  const [atTop, setAtTop] = useState(true)
  const sort = search["sort"] ?? props.usualSort
  const { q, filter, from, to } = search
  const parameters = useMemo(
    (): Parameters => ({ ...fixed, q, filter, from, to, sort }),
    [fixed, q, filter, from, to, sort],
  )
  const list = useList(resource, parameters, keyOf, inside || !atTop)

  const density: Density =
    search["density"] === "compact" || search["density"] === "roomy" ? search["density"] : "normal"
  const chosen = search["columns"]?.split(",") ?? usual
  const byId = new Map(columns.map((column) => [column.id, column]))
  const first = columns[0]!
  const picked = chosen.flatMap((id) => byId.get(id) ?? []).filter((column) => column !== first)
  const shown = isNarrow ? [{ ...first, width: 320, cell: props.narrow }] : [first, ...picked]

  const filtered = Boolean(q || filter || from || to)
  const empty = !list.loading && !list.error && list.rows.length === 0
  const never = empty && !filtered && !props.embedded
  const scroller = useRef<HTMLDivElement>(null)
  const DensitySign = densitySigns[density]
  const nextDensity = densities[(densities.indexOf(density) + 1) % densities.length]!
  const showNew = (): void => {
    scroller.current?.querySelector("table")?.parentElement?.scrollTo({ top: 0 })
    list.showNew()
  }
  const tools = (
    <>
      <button
        type="button"
        className={join(quiet, "max-sm:hidden")}
        title={`Rows: ${density}, next ${nextDensity}`}
        aria-label={`Rows: ${density}, change to ${nextDensity}`}
        onClick={() => change({ density: nextDensity === "normal" ? undefined : nextDensity }, "replace")}
      >
        <DensitySign size={14} aria-hidden />
      </button>
      <span className="max-sm:hidden">
        <Suspense
          fallback={
            <span className={quiet}>
              <Columns3 size={14} aria-hidden />
            </span>
          }
        >
          <ColumnPicker
            columns={columns.slice(1)}
            chosen={picked.map(({ id }) => id)}
            usual={usual}
            onChange={(ids) => change({ columns: ids?.join(",") }, "replace")}
          />
        </Suspense>
      </span>
      <span className="max-sm:hidden">
        <Suspense
          fallback={
            <span className={quiet}>
              <Download size={14} aria-hidden />
            </span>
          }
        >
          <ExportMenu resource={resource} noun={props.noun} parameters={parameters} total={list.total} />
        </Suspense>
      </span>
    </>
  )
  const { loadMore } = list
  const onEnd = useCallback(() => loadMore(), [loadMore])

  return (
    <>
      {!props.embedded && (
        <PageHead title={props.title} lead={<Count total={list.total} loading={list.loading} />}>
          {tools}
        </PageHead>
      )}
      {!never && (
        <FilterBar resource={resource} noun={props.noun}>
          {props.embedded && tools}
        </FilterBar>
      )}
      {list.stale && (
        <div className="relative h-0">
          <div className="absolute inset-x-0 top-0 h-0.5 bg-accent [animation:appear_0s_150ms_both]" aria-hidden />
        </div>
      )}
      {list.error ? (
        <Fault error={list.error} what={`list of ${props.noun}s`} retry={list.retry} />
      ) : never ? (
        <Start waiting />
      ) : empty && !list.stale ? (
        <Notice title={filtered ? `No ${props.noun} matches` : `No ${props.noun}s yet`}>
          {filtered && (
            <>
              <p>Everything is hidden by what is asked for above.</p>
              <button
                type="button"
                className={primary}
                onClick={() => change({ q: undefined, filter: undefined, from: undefined, to: undefined })}
              >
                Show all {props.noun}s
              </button>
            </>
          )}
        </Notice>
      ) : (
        <div
          ref={scroller}
          className="relative flex min-h-0 flex-1 flex-col"
          onPointerEnter={() => setInside(true)}
          onPointerLeave={() => setInside(false)}
          onFocus={() => setInside(true)}
          onBlur={() => setInside(false)}
        >
          <div role="status" className="pointer-events-none absolute inset-x-0 top-10 z-20 flex justify-center">
            {(list.waiting.arrived > 0 || list.waiting.moved) && (
              <button
                type="button"
                className={join(primary, "pointer-events-auto rounded-full shadow-(--shadow)")}
                onClick={showNew}
              >
                {list.waiting.arrived > 0
                  ? `${plural(list.waiting.arrived, `new ${props.noun}`)}`
                  : "The order has changed"}
              </button>
            )}
          </div>
          <Table
            label={props.title}
            place={`${resource}:${JSON.stringify(parameters)}`}
            columns={shown}
            rows={list.rows}
            total={list.total?.value ?? null}
            keyOf={keyOf}
            rowHeight={isNarrow ? 68 : heights[density]}
            sort={sort}
            onSort={(next) => change({ sort: next === props.usualSort ? undefined : next })}
            hrefOf={props.hrefOf}
            onPrefetch={props.onPrefetch}
            onEnd={onEnd}
            dim={list.stale}
            headless={isNarrow}
            onScrolled={(top) => setAtTop(top < 8)}
            foot={
              <Foot
                loading={list.loading || list.loadingMore}
                shown={list.rows.length}
                total={list.total}
                more={list.more}
                rowHeight={heights[density]}
                first={list.loading}
              />
            }
          />
        </div>
      )}
    </>
  )
}

function Count({ total, loading }: { total: { value: number; exact: boolean } | null; loading: boolean }) {
  if (!total) return loading ? <span className="skeleton h-4 w-10" aria-hidden /> : null
  return (
    <span className="text-secondary">
      {total.exact ? "" : "about "}
      {count(total.value)}
    </span>
  )
}

function Foot({
  loading,
  shown,
  total,
  more,
  rowHeight,
  first,
}: {
  loading: boolean
  shown: number
  total: { value: number; exact: boolean } | null
  more: boolean
  rowHeight: number
  first: boolean
}) {
  if (first) {
    return (
      <div aria-hidden>
        {Array.from({ length: 12 }, (_, index) => (
          <div
            key={index}
            className="flex items-center gap-6 border-b border-hairline px-4"
            style={{ height: rowHeight }}
          >
            <div className="skeleton h-3" style={{ width: `${22 - ((index * 5) % 9)}%` }} />
            <div className="skeleton h-3 w-1/12" />
            <div className="skeleton h-3 w-1/12" />
            <div className="skeleton h-3 w-1/12" />
          </div>
        ))}
      </div>
    )
  }
  if (!more && !loading) return null
  return (
    <p className="px-4 py-3 text-small text-faint">
      {count(shown)}
      {total ? ` of ${total.exact ? "" : "about "}${count(total.value)}` : ""}
      {loading ? " · loading…" : ""}
    </p>
  )
}
