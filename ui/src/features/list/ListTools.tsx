/** The buttons beside a list: row height, columns, export. */
import { Columns3, Download, Rows2, Rows3, Rows4, type LucideIcon } from "lucide-react"
import { lazy, Suspense } from "react"
import type { Parameters } from "../../api/client"
import type { Resource } from "../../api/queries"
import type { Total } from "../../api/types"
import { quiet } from "../../components/classes"
import { useSearch } from "../../state/search"

const ColumnPicker = lazy(() => import("./ColumnPicker"))
const ExportMenu = lazy(() => import("./ExportMenu"))

const densities = [
  { name: "compact", height: 28, Icon: Rows4 },
  { name: "normal", height: 36, Icon: Rows3 },
  { name: "roomy", height: 44, Icon: Rows2 },
] as const

export type Density = (typeof densities)[number]

/** The height of the rows, which the address holds; "normal" is the default and is omitted. */
export function useDensity(): Density {
  const [search] = useSearch()
  return densities.find(({ name }) => name === search["density"]) ?? densities[1]
}

type ListToolsProps = {
  resource: Resource
  noun: string
  parameters: Parameters
  total: Total | null
  /** Columns that can be shown or hidden. */
  columns: { id: string; title: string }[]
  chosen: string[]
  defaultColumns: readonly string[]
}

export function ListTools({ resource, noun, parameters, total, columns, chosen, defaultColumns }: ListToolsProps) {
  const [, change] = useSearch()
  return (
    <span className="contents max-sm:hidden">
      <DensityButton />
      <Suspense fallback={<Waiting icon={Columns3} />}>
        <ColumnPicker
          columns={columns}
          chosen={chosen}
          defaults={defaultColumns}
          onChange={(ids) => change({ columns: ids?.join(",") }, "replace")}
        />
      </Suspense>
      <Suspense fallback={<Waiting icon={Download} />}>
        <ExportMenu resource={resource} noun={noun} parameters={parameters} total={total} />
      </Suspense>
    </span>
  )
}

function DensityButton() {
  const [, change] = useSearch()
  const density = useDensity()
  const next = densities[(densities.indexOf(density) + 1) % densities.length]!
  const label = `Row height: ${density.name}. Switch to ${next.name}`
  return (
    <button
      type="button"
      className={quiet}
      title={label}
      aria-label={label}
      onClick={() => change({ density: next.name === "normal" ? undefined : next.name }, "replace")}
    >
      <density.Icon size={14} aria-hidden />
    </button>
  )
}

const Waiting = ({ icon: Icon }: { icon: LucideIcon }) => (
  <span className={quiet}>
    <Icon size={14} aria-hidden />
  </span>
)
