/**
 * A virtual table: a real `<table>` in which only the visible rows exist.
 *
 * `j` and `k` move through the rows and focus their first link, so Enter opens it. The focused row always exists.
 */
import { useRouter } from "@tanstack/react-router"
import { defaultRangeExtractor, useVirtualizer, type Range } from "@tanstack/react-virtual"
import { useCallback, useEffect, useLayoutEffect, useRef, useState, type MouseEvent, type ReactNode } from "react"
import { useShortcuts } from "../../state/shortcuts"
import { join } from "../classes"
import type { Column } from "./column"
import { HeaderCell } from "./HeaderCell"

type TableProps<Row> = {
  label: string
  columns: Column<Row>[]
  rows: readonly Row[]
  /** The number of rows of the whole list; null while it is unknown. */
  total: number | null
  keyOf: (row: Row) => string
  rowHeight: number
  sort: string
  onSort: (sort: string) => void
  hrefOf: (row: Row) => string
  onPrefetch?: (row: Row) => void
  /** The last loaded rows are visible. */
  onEnd: () => void
  dim: boolean
  foot: ReactNode
  /** One cell per row, without a visible header: for phones. */
  headless?: boolean
  onScrolled?: (top: number) => void
  /** The scroll position is remembered under this name. */
  name: string
}

// Scroll position and active row of each table, so that Back returns to the same row. A reload forgets them.
const remembered = new Map<string, { top: number; active: string | null }>()

export function Table<Row>(props: TableProps<Row>) {
  const { columns, rows, keyOf, rowHeight, total, label, name } = props
  const router = useRouter()
  const scroller = useRef<HTMLDivElement>(null)
  const [activeKey, setActiveKey] = useState<string | null>(remembered.get(name)?.active ?? null)
  const activeIndex = activeKey === null ? -1 : rows.findIndex((row) => keyOf(row) === activeKey)

  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    initialOffset: remembered.get(name)?.top ?? 0,
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
  const next = (): void => focusRow(Math.min(rows.length - 1, activeIndex + 1))
  const previous = (): void => focusRow(Math.max(0, activeIndex - 1))
  const openRow = (): void => {
    const row = rows[activeIndex]
    if (row) router.history.push(props.hrefOf(row))
  }
  useShortcuts([
    { keys: "j", label: "Next row", group: "List", run: next },
    { keys: "ArrowDown", label: "Next row", group: "List", run: next },
    { keys: "k", label: "Previous row", group: "List", run: previous },
    { keys: "ArrowUp", label: "Previous row", group: "List", run: previous },
    { keys: "Home", label: "First row", group: "List", run: () => focusRow(0) },
    { keys: "End", label: "Last loaded row", group: "List", run: () => focusRow(rows.length - 1) },
    { keys: "Enter", label: "Open row", group: "List", run: openRow },
  ])

  const remember = (): void => {
    const top = scroller.current?.scrollTop ?? 0
    remembered.set(name, { top, active: activeKey })
    props.onScrolled?.(top)
  }
  useEffect(() => {
    remembered.set(name, { top: remembered.get(name)?.top ?? 0, active: activeKey })
  }, [name, activeKey])

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
              <HeaderCell key={column.id} column={column} sort={props.sort} onSort={props.onSort} />
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
    // The row is a larger target for the pointer; the keyboard uses the link in the first cell.
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
      {columns.map((column, columnIndex) => {
        const className = join(
          "overflow-hidden border-b border-hairline px-2 text-ellipsis first:pl-4 last:pr-4",
          !headless && "whitespace-nowrap",
          column.right && "text-right tabular-nums",
        )
        const content = column.cell(row)
        return columnIndex === 0 ? (
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
