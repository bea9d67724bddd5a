/**
 * A virtual table: a real `<table>` of which only the rows in sight exist. It knows no domain.
 *
 * `j` and `k` move along the rows (their first link has the focus, so Enter opens it); a row stays drawn while it is focused.
 */
import { useRouter } from "@tanstack/react-router"
import { defaultRangeExtractor, useVirtualizer, type Range } from "@tanstack/react-virtual"
import { ArrowDown, ArrowUp } from "lucide-react"
import { useCallback, useEffect, useLayoutEffect, useRef, useState, type MouseEvent, type ReactNode } from "react"
import { useKeys } from "../../state/keys"
import { join } from "../classes"

export type Column<Row> = {
  id: string
  title: string
  /** In the head, where the title is too long. */
  short?: string
  width: number
  /** Numbers stand right. */
  right?: boolean
  /** The API's name to sort by. */
  sort?: string
  /** The first direction that a click gives. */
  first?: "up" | "down"
  cell: (row: Row) => ReactNode
}

type TableProps<Row> = {
  label: string
  columns: Column<Row>[]
  rows: readonly Row[]
  /** All rows of the list, loaded or not. */
  total: number | null
  keyOf: (row: Row) => string
  rowHeight: number
  sort: string
  onSort: (sort: string) => void
  hrefOf: (row: Row) => string
  onPrefetch?: (row: Row) => void
  onEnd: () => void
  dim: boolean
  foot: ReactNode
  headless?: boolean
  onScrolled?: (top: number) => void
  place: string
}

// Where each list was scrolled to, so that Back returns to the same row. Lost with the page, as it should be.
const places = new Map<string, { top: number; active: string | null }>()

export function Table<Row>(props: TableProps<Row>) {
  const { columns, rows, keyOf, rowHeight, total, label, place } = props
  const router = useRouter()
  const scroller = useRef<HTMLDivElement>(null)
  const [activeKey, setActiveKey] = useState<string | null>(places.get(place)?.active ?? null)
  const activeIndex = activeKey === null ? -1 : rows.findIndex((row) => keyOf(row) === activeKey)

  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    initialOffset: places.get(place)?.top ?? 0,
    getItemKey: (index) => keyOf(rows[index]!),
    rangeExtractor: useCallback(
      (range: Range) => {
        const indexes = defaultRangeExtractor(range)
        if (activeIndex < 0 || activeIndex >= range.count || indexes.includes(activeIndex)) return indexes
        return [...indexes, activeIndex].toSorted((a, b) => a - b)
      },
      [activeIndex],
    ),
  })
  useLayoutEffect(() => virtual.measure(), [rowHeight, virtual])

  const items = virtual.getVirtualItems()
  const lastIndex = items.at(-1)?.index ?? 0
  const { onEnd } = props
  useEffect(() => {
    if (rows.length > 0 && lastIndex >= rows.length - 20) onEnd()
  }, [lastIndex, rows.length, onEnd])

  const focusRow = (index: number): void => {
    const row = rows[index]
    if (!row) return
    setActiveKey(keyOf(row))
    virtual.scrollToIndex(index, { align: "auto" })
    requestAnimationFrame(() => {
      scroller.current?.querySelector<HTMLElement>(`tr[aria-rowindex="${index + 2}"] a`)?.focus({ preventScroll: true })
    })
  }
  const from = activeIndex >= 0 ? activeIndex : -1
  useKeys([
    { keys: "j", label: "Next row", group: "List", run: () => focusRow(Math.min(rows.length - 1, from + 1)) },
    { keys: "ArrowDown", label: "Next row", group: "List", run: () => focusRow(Math.min(rows.length - 1, from + 1)) },
    { keys: "k", label: "Row before", group: "List", run: () => focusRow(Math.max(0, from - 1)) },
    { keys: "ArrowUp", label: "Row before", group: "List", run: () => focusRow(Math.max(0, from - 1)) },
    { keys: "Home", label: "First row", group: "List", run: () => focusRow(0) },
    { keys: "End", label: "Last loaded row", group: "List", run: () => focusRow(rows.length - 1) },
    {
      keys: "Enter",
      label: "Open the row",
      group: "List",
      run: () => {
        const row = rows[from]
        if (row) router.history.push(props.hrefOf(row))
      },
    },
  ])

  const remember = (): void => {
    const top = scroller.current?.scrollTop ?? 0
    places.set(place, { top, active: activeKey })
    props.onScrolled?.(top)
  }
  useEffect(() => {
    places.set(place, { top: places.get(place)?.top ?? 0, active: activeKey })
  }, [place, activeKey])

  const width = columns.reduce((sum, column) => sum + column.width, 0)
  let drawn = 0
  return (
    <div ref={scroller} onScroll={remember} className="scroll-thin relative min-h-0 flex-1 overflow-auto" tabIndex={-1}>
      <table
        aria-label={label}
        aria-rowcount={total === null ? -1 : total + 1}
        aria-busy={props.dim}
        className={join("w-full table-fixed border-separate border-spacing-0", props.dim && "opacity-60")}
        style={{ minWidth: props.headless ? undefined : width }}
      >
        <colgroup>
          {columns.map((column) => (
            <col key={column.id} style={{ width: props.headless ? undefined : `${(column.width / width) * 100}%` }} />
          ))}
        </colgroup>
        <thead className={props.headless ? "sr-only" : undefined}>
          <tr aria-rowindex={1}>
            {columns.map((column) => (
              <HeadCell key={column.id} column={column} sort={props.sort} onSort={props.onSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {items.map((item) => {
            const row = rows[item.index]
            if (row === undefined) return null
            const gap = item.start - drawn
            drawn = item.end
            return [
              gap > 0 && (
                <tr key={`gap-${item.key}`} aria-hidden>
                  <td colSpan={columns.length} style={{ height: gap, padding: 0 }} />
                </tr>
              ),
              <Row
                key={item.key}
                {...props}
                row={row}
                index={item.index}
                active={item.index === activeIndex}
                onFocus={() => setActiveKey(keyOf(row))}
              />,
            ]
          })}
          {virtual.getTotalSize() - drawn > 0 && (
            <tr aria-hidden>
              <td colSpan={columns.length} style={{ height: virtual.getTotalSize() - drawn, padding: 0 }} />
            </tr>
          )}
        </tbody>
      </table>
      {props.foot}
    </div>
  )
}

type RowProps<Row> = TableProps<Row> & { row: Row; index: number; active: boolean; onFocus: () => void }

function Row<Row>({ row, index, active, onFocus, columns, rowHeight, hrefOf, onPrefetch, headless }: RowProps<Row>) {
  const router = useRouter()
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const open = (event: MouseEvent<HTMLTableRowElement>): void => {
    if (event.defaultPrevented || event.button !== 0 || (event.target as Element).closest("a,button")) return
    if (window.getSelection()?.toString()) return
    if (event.metaKey || event.ctrlKey) window.open(hrefOf(row), "_blank", "noopener")
    else router.history.push(hrefOf(row))
  }
  return (
    // The link in the first cell is the way for the keyboard; the click on the row is a larger target for the pointer.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
    <tr
      aria-rowindex={index + 2}
      className={join("group cursor-pointer hover:bg-hover", active && "bg-selected")}
      style={{ height: rowHeight }}
      onClick={open}
      onFocus={onFocus}
      onPointerEnter={() => {
        if (onPrefetch) timer.current = setTimeout(() => onPrefetch(row), 30)
      }}
      onPointerLeave={() => clearTimeout(timer.current)}
    >
      {columns.map((column, place) => {
        const className = join(
          "overflow-hidden border-b border-hairline px-2 text-ellipsis first:pl-4 last:pr-4",
          !headless && "whitespace-nowrap",
          column.right && "text-right tabular-nums",
        )
        const content = column.cell(row)
        return place === 0 ? (
          <th key={column.id} scope="row" className={join(className, "text-left font-normal")}>
            {content}
          </th>
        ) : (
          <td key={column.id} className={className}>
            {content}
          </td>
        )
      })}
    </tr>
  )
}

function HeadCell<Row>({
  column,
  sort,
  onSort,
}: {
  column: Column<Row>
  sort: string
  onSort: (sort: string) => void
}) {
  const keys = sort.split(",").filter(Boolean)
  const found = column.sort === undefined ? undefined : keys.find((key) => key.replace(/^-/, "") === column.sort)
  const direction = found === undefined ? undefined : found.startsWith("-") ? "descending" : "ascending"
  const Icon = direction === "ascending" ? ArrowUp : ArrowDown
  const place = join(
    "sticky top-0 z-10 h-8 border-b border-hairline bg-raised px-2 text-label font-medium text-secondary first:pl-4 last:pr-4",
    column.right ? "text-right" : "text-left",
  )
  const press = (event: MouseEvent): void => {
    const next = nextSort(column.sort!, direction, column.first ?? (column.right ? "down" : "up"))
    const others = keys.filter((key) => key.replace(/^-/, "") !== column.sort)
    onSort(event.shiftKey && others.length > 0 ? [...others, next].slice(-2).join(",") : next)
  }
  if (column.sort === undefined) {
    return (
      <th scope="col" className={place} title={column.title}>
        <span className="block overflow-hidden text-ellipsis whitespace-nowrap">{column.short ?? column.title}</span>
      </th>
    )
  }
  return (
    <th scope="col" className={place} aria-sort={direction ?? "none"}>
      <button
        type="button"
        className={join(
          "inline-flex h-6 max-w-full items-center gap-1 rounded-chip hover:text-text",
          direction && "text-text",
        )}
        onClick={press}
        title={`Sort by ${column.title.toLowerCase()}`}
      >
        <span className="overflow-hidden text-ellipsis whitespace-nowrap">{column.short ?? column.title}</span>
        <Icon size={12} aria-hidden className={direction ? "" : "opacity-0"} />
      </button>
    </th>
  )
}

function nextSort(field: string, direction: string | undefined, first: "up" | "down"): string {
  if (direction === undefined) return first === "down" ? `-${field}` : field
  return direction === "descending" ? field : `-${field}`
}
