import { useQuery } from "@tanstack/react-query"
import { headQuery, metricsQuery } from "../api/queries"
import type { Metrics } from "../api/types"
import { compact, cost, count } from "../format/number"
import { duration } from "../format/time"
import { Chart, type Line } from "../features/overview/Chart"
import { Look } from "../features/overview/NeedsAttention"
import { Tiles, type Tile } from "../features/overview/Tiles"
import { PageHead } from "../features/shell/PageHead"
import { Start } from "../features/connect/Connect"
import { paths } from "../paths"
import { useSearch } from "../state/search"
import { control } from "../components/classes"
import { Boundary, Fault, Notice } from "../components/States"

const ranges = [
  { value: "now-1h", label: "Last hour" },
  { value: "now-24h", label: "Last 24 hours" },
  { value: "now-7d", label: "Last 7 days" },
  { value: "now-30d", label: "Last 30 days" },
]
const usualRange = "now-24h"
const asked =
  "active_users,sessions,traces,llm_calls,cost_usd,unpriced_calls,error_rate,errors,wait_p50_ms,wait_p95_ms,wait_p99_ms"

export default function OverviewPage() {
  const [search, change] = useSearch()
  const from = search["from"] ?? usualRange
  const metrics = useQuery(metricsQuery({ metrics: asked, from, compare: "previous" }))
  const nothing = metrics.data?.totals["traces"] === 0
  const anybody = useQuery({ ...headQuery("users", { sort: "-last_seen" }), enabled: nothing })
  const never = nothing && anybody.data?.items.length === 0
  return (
    <>
      <PageHead title="Overview">
        <label>
          <span className="sr-only">Time</span>
          <select
            value={from}
            onChange={(event) => change({ from: event.target.value === usualRange ? undefined : event.target.value })}
            className="h-7 rounded-control border border-control bg-background px-1.5 text-small pointer-coarse:h-11"
          >
            {ranges.map(({ value, label }) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
            {!ranges.some(({ value }) => value === from) && <option value={from}>since {from}</option>}
          </select>
        </label>
      </PageHead>
      {metrics.error && !metrics.data ? (
        <Fault error={metrics.error} what="overview" retry={() => void metrics.refetch()} />
      ) : never ? (
        <Start waiting />
      ) : (
        <div className="scroll-thin min-h-0 flex-1 overflow-auto">
          <Tiles tiles={tilesOf(metrics.data, from)} />
          {nothing ? (
            <Notice title="Nothing happened in this time">
              <p>There is more from before.</p>
              {from !== "now-30d" && (
                <button type="button" className={control} onClick={() => change({ from: "now-30d" })}>
                  Show the last 30 days
                </button>
              )}
            </Notice>
          ) : (
            <div className="grid grid-cols-1 gap-4 p-4 xl:grid-cols-2">
              <Boundary key={from} what="charts">
                {metrics.data ? (
                  <Charts metrics={metrics.data} from={from} />
                ) : (
                  [1, 2, 3, 4].map((n) => <div key={n} className="skeleton h-[240px]" aria-hidden />)
                )}
              </Boundary>
              <div className="xl:col-span-2">
                <Boundary what="list">
                  <Look from={from} />
                </Boundary>
              </div>
            </div>
          )}
        </div>
      )}
    </>
  )
}

function tilesOf(metrics: Metrics | undefined, from: string): Tile[] {
  const of = (metric: string) => ({
    now: metrics?.totals[metric],
    before: metrics?.previous_totals?.[metric],
    values: seriesOf(metrics, metric),
  })
  const unpriced = metrics?.totals["unpriced_calls"] ?? 0
  return [
    { label: "Active users", ...of("active_users"), format: count, href: `${paths.users}?from=${from}` },
    { label: "Sessions", ...of("sessions"), format: count, href: `${paths.sessions}?from=${from}` },
    {
      label: "LLM calls",
      ...of("llm_calls"),
      format: compact,
      href: `${paths.traces}?from=${from}&filter=llm_calls>=1`,
    },
    {
      label: "Cost",
      ...of("cost_usd"),
      format: cost,
      href: `${paths.sessions}?from=${from}&sort=-cost_usd`,
      note: unpriced > 0 ? `${count(unpriced)} unpriced` : undefined,
    },
    {
      label: "Traces that failed",
      ...of("error_rate"),
      format: percent,
      href: `${paths.traces}?from=${from}&filter=status:error`,
      lessIsBetter: true,
    },
    {
      label: "Wait, 95th percentile",
      ...of("wait_p95_ms"),
      format: duration,
      href: `${paths.traces}?from=${from}&sort=-duration_ms`,
      lessIsBetter: true,
    },
  ]
}

function Charts({ metrics, from }: { metrics: Metrics; from: string }) {
  const costs = useQuery(metricsQuery({ metrics: "cost_usd", by: "model", from }))
  const line = (name: string, metric: string): Line => ({ name, values: seriesOf(metrics, metric) })
  const frame = { times: metrics.times, intervalS: metrics.interval_s }
  const window =
    (path: string, more = "") =>
    (start: string, end: string) =>
      `${path}?from=${start}&to=${end}${more}`
  return (
    <>
      <Chart
        {...frame}
        title="People and their sessions"
        lines={[line("active users", "active_users"), line("sessions", "sessions")]}
        format={(value) => compact(Math.round((value ?? 0) * 10) / 10)}
        hrefOf={window(paths.sessions)}
      />
      <Chart
        {...frame}
        title="How long people waited"
        lines={[
          line("half within", "wait_p50_ms"),
          line("95 % within", "wait_p95_ms"),
          line("99 % within", "wait_p99_ms"),
        ]}
        format={duration}
        hrefOf={window(paths.traces, "&sort=-duration_ms")}
      />
      {costs.data ? (
        <Chart
          times={costs.data.times}
          intervalS={costs.data.interval_s}
          title="Cost by model"
          stacked
          lines={byCost(costs.data)}
          format={(value) => cost(value ?? 0)}
          hrefOf={window(paths.sessions, "&sort=-cost_usd")}
        />
      ) : costs.error ? (
        <Fault error={costs.error} what="costs" retry={() => void costs.refetch()} />
      ) : (
        <div className="skeleton h-[240px]" aria-hidden />
      )}
      <Chart
        {...frame}
        title="Errors"
        stacked
        lines={[line("errors", "errors")]}
        format={(value) => count(Math.ceil(value ?? 0))}
        hrefOf={window(paths.traces, "&filter=errors>=1")}
      />
    </>
  )
}

const counts = new Set(["active_users", "sessions"])

/** The values of a metric; where nobody was seen there were no users, while a wait is not known. */
function seriesOf(metrics: Metrics | undefined, metric: string): Line["values"] {
  const values = metrics?.series.find((one) => one.metric === metric)?.values ?? []
  return counts.has(metric) ? values.map((value) => value ?? 0) : values
}

const MODELS_SHOWN = 5

/** The costliest models by name, the rest as one. */
function byCost({ series }: Metrics): Line[] {
  const sum = (values: Line["values"]): number => values.reduce<number>((total, value) => total + (value ?? 0), 0)
  const lines = series
    .map(({ by, values }) => ({ name: by ?? "unknown", values }))
    .filter(({ values }) => sum(values) > 0)
  const sorted = lines.toSorted((a, b) => sum(b.values) - sum(a.values))
  const rest = sorted.slice(MODELS_SHOWN)
  const shown = sorted.slice(0, MODELS_SHOWN)
  if (rest.length === 0) return shown
  return [
    ...shown,
    {
      name: `${rest.length} more`,
      values: rest[0]!.values.map((_, index) => rest.reduce((total, { values }) => total + (values[index] ?? 0), 0)),
    },
  ]
}

const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`
