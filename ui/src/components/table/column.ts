import type { ReactNode } from "react"

export type Column<Row> = {
  id: string
  title: string
  /** For the header, where the title is too long. */
  short?: string
  width: number
  /** Right-aligned, as numbers are. */
  right?: boolean
  /** The API's name of the field to sort by; a column without one cannot be sorted. */
  sort?: string
  /** The direction of the first click; down for right-aligned columns, else up. */
  first?: "up" | "down"
  cell: (row: Row) => ReactNode
}
