/** The figures of a time range beside those of the previous one; each leads to the rows behind it. */
import type { Resource } from "../../api/queries"
import type { Metrics } from "../../api/types"
import { join } from "../../components/classes"
import { Link } from "../../components/Link"
import { compact, cost, count, percent } from "../../format/number"
import { duration } from "../../format/time"
import { change, largest, linePath } from "../../layout/chart"
import { paths } from "../../paths"
import { valuesOf } from "./series"

type Tile = {
  label: string
  metric: string
  format: (value: number) => string
  /** The rows behind the figure: a list, and its filter or order. */
  rows: [list: Resource, search?: { filter?: string; sort?: string }]
  lowerIsBetter?: boolean
}

const failed = { filter: "status:error" }
const slowest = { sort: "-duration_ms" }
const lowerIsBetter = true

const tiles: Tile[] = [
  { label: "Active users", metric: "active_users", format: count, rows: ["users"] },
  { label: "Sessions", metric: "sessions", format: count, rows: ["sessions"] },
  { label: "LLM calls", metric: "llm_calls", format: compact, rows: ["traces", { filter: "llm_calls>=1" }] },
  { label: "Cost", metric: "cost_usd", format: cost, rows: ["sessions", { sort: "-cost_usd" }] },
  { label: "Failed traces", metric: "error_rate", format: percent, rows: ["traces", failed], lowerIsBetter },
  { label: "Wait time, p95", metric: "wait_p95_ms", format: duration, rows: ["traces", slowest], lowerIsBetter },
]

/** `metrics` is undefined while they are loading. */
export function Tiles({ metrics, from }: { metrics: Metrics | undefined; from: string }) {
  return (
    <dl className="grid grid-cols-2 gap-px border-b border-hairline bg-hairline md:grid-cols-3 xl:grid-cols-6">
      {tiles.map((tile) => (
        <TileView key={tile.metric} tile={tile} metrics={metrics} from={from} />
      ))}
    </dl>
  )
}

function TileView({ tile, metrics, from }: { tile: Tile; metrics: Metrics | undefined; from: string }) {
  const { label, metric, format, rows } = tile
  const [list, search] = rows
  const now = metrics?.totals[metric]
  const values = valuesOf(metrics, metric)
  const unpriced = metric === "cost_usd" ? (metrics?.totals["unpriced_calls"] ?? 0) : 0
  return (
    <div className="relative flex min-w-0 flex-col bg-background px-4 py-3 hover:bg-hover">
      <dt className="truncate text-label text-faint">{label}</dt>
      <dd className="text-figure font-semibold whitespace-nowrap">
        {now === undefined ? (
          <span className="skeleton inline-block h-5 w-16 align-middle" />
        ) : (
          <Link href={paths.list(list, { from, ...search })} className="after:absolute after:inset-0">
            {now === null ? "–" : format(now)}
          </Link>
        )}
      </dd>
      <dd className="min-h-4 truncate text-label text-secondary">
        <Change tile={tile} now={now} before={metrics?.previous_totals?.[metric]} />
        {unpriced > 0 && <span className="text-faint"> · {count(unpriced)} unpriced</span>}
      </dd>
      <dd aria-hidden className="mt-1 h-6">
        <svg viewBox="0 0 100 100" preserveAspectRatio="none" className="size-full">
          {values.length > 0 && (
            <path
              d={linePath(values, largest([values], false) * 1.05 || 1)}
              fill="none"
              stroke="var(--accent)"
              strokeWidth="1.5"
              vectorEffect="non-scaling-stroke"
            />
          )}
        </svg>
      </dd>
    </div>
  )
}

type ChangeProps = { tile: Tile; now: number | null | undefined; before: number | null | undefined }

function Change({ tile: { format, lowerIsBetter = false }, now, before }: ChangeProps) {
  if (now === undefined) return null
  const share = change(now, before)
  if (share === null) return <span className="text-faint">no earlier data</span>
  const colour = lowerIsBetter && (share > 0.1 ? "text-error" : share < -0.1 && "text-good")
  return (
    <span className={join(colour)} title={`${format(before!)} in the previous period`}>
      {changeText(share)}
    </span>
  )
}

function changeText(share: number): string {
  if (Math.abs(share) < 0.005) return "no change"
  if (share >= 9.995) return `${Math.round(share + 1)}×`
  return `${share > 0 ? "+" : "−"}${Math.round(Math.abs(share) * 100)} %`
}
