import { ArrowDown, ArrowUp } from "lucide-react"
import type { MouseEvent } from "react"
import { join } from "../classes"
import type { Column } from "./column"

/** `sort` is the API's: fields separated by commas, a leading "-" means descending. */
type HeaderCellProps<Row> = { column: Column<Row>; sort: string; onSort: (sort: string) => void }

/** A click sorts by the column; with Shift it sorts by the previous column first. */
export function HeaderCell<Row>({ column, sort, onSort }: HeaderCellProps<Row>) {
  const className = join(
    "sticky top-0 z-10 h-8 border-b border-hairline bg-raised px-2 text-label font-medium text-secondary",
    "first:pl-4 last:pr-4",
    column.right ? "text-right" : "text-left",
  )
  const name = column.short ?? column.title
  if (column.sort === undefined) {
    return (
      <th scope="col" className={className} title={column.title}>
        <span className="block overflow-hidden text-ellipsis whitespace-nowrap">{name}</span>
      </th>
    )
  }
  const keys = sort.split(",").filter(Boolean)
  const current = keys.find((key) => fieldOf(key) === column.sort)
  const direction = current === undefined ? undefined : current.startsWith("-") ? "descending" : "ascending"
  const Icon = direction === "ascending" ? ArrowUp : ArrowDown
  const press = (event: MouseEvent): void => {
    const next = nextKey(column, column.sort!, direction)
    const others = keys.filter((key) => fieldOf(key) !== column.sort)
    onSort(event.shiftKey && others.length > 0 ? [...others, next].slice(-2).join(",") : next)
  }
  return (
    <th scope="col" className={className} aria-sort={direction ?? "none"}>
      <button
        type="button"
        className={join(
          "inline-flex h-6 max-w-full items-center gap-1 rounded-chip hover:text-text",
          direction && "text-text",
        )}
        onClick={press}
        title={`Sort by ${column.title.toLowerCase()}`}
      >
        <span className="overflow-hidden text-ellipsis whitespace-nowrap">{name}</span>
        <Icon size={12} aria-hidden className={direction ? "" : "opacity-0"} />
      </button>
    </th>
  )
}

const fieldOf = (key: string): string => key.replace(/^-/, "")

function nextKey<Row>(column: Column<Row>, field: string, direction: string | undefined): string {
  const first = column.first ?? (column.right ? "down" : "up")
  const descending = direction === undefined ? first === "down" : direction === "ascending"
  return descending ? `-${field}` : field
}
