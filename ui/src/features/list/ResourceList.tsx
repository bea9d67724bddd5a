/** A list of users, sessions or traces: filter bar, virtual table, and new rows as they arrive. */
import { useCallback, useMemo, useRef, useState, type ReactNode } from "react"
import type { Parameters } from "../../api/client"
import type { Resource, RowOf } from "../../api/queries"
import type { Total } from "../../api/types"
import { join, primary } from "../../components/classes"
import { Fault, Notice } from "../../components/States"
import type { Column } from "../../components/table/column"
import { Table } from "../../components/table/Table"
import { approximate, plural } from "../../format/number"
import { useNarrow } from "../../state/media"
import { useSearch } from "../../state/search"
import { Connect } from "../connect/Connect"
import { PageHead } from "../shell/PageHead"
import { FilterBar } from "./FilterBar"
import { ListFoot, ListSkeleton } from "./ListFoot"
import { ListTools, useDensity } from "./ListTools"
import { useList } from "./useList"

type ResourceListProps<R extends Resource> = {
  resource: R
  title: string
  noun: string
  columns: Column<RowOf[R]>[]
  /** Columns shown if the address names none. */
  defaultColumns: readonly string[]
  defaultSort: string
  keyOf: (row: RowOf[R]) => string
  hrefOf: (row: RowOf[R]) => string
  onPrefetch: (row: RowOf[R]) => void
  /** A row on a phone: everything in one cell. */
  narrow: (row: RowOf[R]) => ReactNode
  /** Parameters that restrict the list, such as the user whose page embeds it. */
  fixed?: Parameters
  /** Inside a page that has its own head. */
  embedded?: boolean
}

export function ResourceList<R extends Resource>(props: ResourceListProps<R>) {
  const { resource, columns, defaultColumns, keyOf, fixed, noun } = props
  const [search, change] = useSearch()
  const isNarrow = useNarrow()
  const density = useDensity()
  const [inside, setInside] = useState(false)
  const [atTop, setAtTop] = useState(true)
  const sort = search["sort"] ?? props.defaultSort
  const { q, filter, from, to } = search
  const parameters = useMemo(
    (): Parameters => ({ ...fixed, q, filter, from, to, sort }),
    [fixed, q, filter, from, to, sort],
  )
  const list = useList(resource, parameters, keyOf, inside || !atTop)

  const first = columns[0]!
  const byId = new Map(columns.map((column) => [column.id, column]))
  const chosen = (search["columns"]?.split(",") ?? defaultColumns)
    .flatMap((id) => byId.get(id) ?? [])
    .filter((column) => column !== first)
  const shown = isNarrow ? [{ ...first, width: 320, cell: props.narrow }] : [first, ...chosen]

  const filtered = Boolean(q || filter || from || to)
  const empty = !list.loading && !list.error && list.rows.length === 0
  const neverUsed = empty && !filtered && !props.embedded
  const scroller = useRef<HTMLDivElement>(null)
  const showNew = (): void => {
    scroller.current?.querySelector("table")?.parentElement?.scrollTo({ top: 0 })
    list.showNew()
  }
  const { loadMore } = list
  const onEnd = useCallback(() => loadMore(), [loadMore])
  const tools = (
    <ListTools
      resource={resource}
      noun={noun}
      parameters={parameters}
      total={list.total}
      columns={columns.slice(1)}
      chosen={chosen.map(({ id }) => id)}
      defaultColumns={defaultColumns}
    />
  )
  return (
    <>
      {!props.embedded && (
        <PageHead title={props.title} lead={<Count total={list.total} loading={list.loading} />}>
          {tools}
        </PageHead>
      )}
      {!neverUsed && <FilterBar resource={resource}>{props.embedded && tools}</FilterBar>}
      {list.stale && (
        <div className="relative h-0">
          <div className="absolute inset-x-0 top-0 h-0.5 bg-accent [animation:appear_0s_150ms_both]" aria-hidden />
        </div>
      )}
      {list.error ? (
        <Fault error={list.error} what={`list of ${noun}s`} retry={list.retry} />
      ) : neverUsed ? (
        <Connect waiting />
      ) : empty && !list.stale ? (
        <NoRows noun={noun} filtered={filtered} />
      ) : (
        <div
          ref={scroller}
          className="relative flex min-h-0 flex-1 flex-col"
          onPointerEnter={() => setInside(true)}
          onPointerLeave={() => setInside(false)}
          onFocus={() => setInside(true)}
          onBlur={() => setInside(false)}
        >
          <NewRows noun={noun} waiting={list.waiting} show={showNew} />
          <Table
            label={props.title}
            name={`${resource}:${JSON.stringify(parameters)}`}
            columns={shown}
            rows={list.rows}
            total={list.total?.value ?? null}
            keyOf={keyOf}
            rowHeight={isNarrow ? 68 : density.height}
            sort={sort}
            onSort={(next) => change({ sort: next === props.defaultSort ? undefined : next })}
            hrefOf={props.hrefOf}
            onPrefetch={props.onPrefetch}
            onEnd={onEnd}
            dim={list.stale}
            headless={isNarrow}
            onScrolled={(top) => setAtTop(top < 8)}
            foot={
              list.loading ? (
                <ListSkeleton rowHeight={density.height} />
              ) : (
                <ListFoot shown={list.rows.length} total={list.total} more={list.more} loading={list.loadingMore} />
              )
            }
          />
        </div>
      )}
    </>
  )
}

function Count({ total, loading }: { total: Total | null; loading: boolean }) {
  if (!total) return loading ? <span className="skeleton h-4 w-10" aria-hidden /> : null
  return <span className="text-secondary">{approximate(total)}</span>
}

function NoRows({ noun, filtered }: { noun: string; filtered: boolean }) {
  const [, change] = useSearch()
  if (!filtered) return <Notice title={`No ${noun}s yet`} />
  return (
    <Notice title={`No ${noun} matches these filters`}>
      <button
        type="button"
        className={primary}
        onClick={() => change({ q: undefined, filter: undefined, from: undefined, to: undefined })}
      >
        Clear the filters
      </button>
    </Notice>
  )
}

type NewRowsProps = { noun: string; waiting: { arrived: number; moved: boolean }; show: () => void }

/** Offers new rows that wait because the reader is in the list. */
function NewRows({ noun, waiting: { arrived, moved }, show }: NewRowsProps) {
  return (
    <div role="status" className="pointer-events-none absolute inset-x-0 top-10 z-20 flex justify-center">
      {(arrived > 0 || moved) && (
        <button
          type="button"
          className={join(primary, "pointer-events-auto rounded-full shadow-(--shadow)")}
          onClick={show}
        >
          {arrived > 0 ? plural(arrived, `new ${noun}`) : "The order has changed"}
        </button>
      )}
    </div>
  )
}
