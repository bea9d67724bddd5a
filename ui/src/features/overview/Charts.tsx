import { useQuery } from "@tanstack/react-query"
import { metricsQuery, type Resource } from "../../api/queries"
import type { Metrics } from "../../api/types"
import { Fault } from "../../components/States"
import { compact, cost, count } from "../../format/number"
import { duration } from "../../format/time"
import { paths } from "../../paths"
import { Chart } from "./Chart"
import { mostExpensive, valuesOf, type Series } from "./series"

/** The metrics that the tiles and charts of the overview show. */
export const overviewMetrics = [
  "active_users",
  "sessions",
  "traces",
  "llm_calls",
  "cost_usd",
  "unpriced_calls",
  "error_rate",
  "errors",
  "wait_p50_ms",
  "wait_p95_ms",
  "wait_p99_ms",
].join()

export function Charts({ metrics, from }: { metrics: Metrics; from: string }) {
  const series = (name: string, metric: string): Series => ({ name, values: valuesOf(metrics, metric) })
  return (
    <>
      <Chart
        times={metrics.times}
        intervalS={metrics.interval_s}
        title="Users and sessions"
        series={[series("active users", "active_users"), series("sessions", "sessions")]}
        format={(value) => compact(Math.round((value ?? 0) * 10) / 10)}
        hrefOf={rowsIn("sessions")}
      />
      <Chart
        times={metrics.times}
        intervalS={metrics.interval_s}
        title="Wait time"
        series={[series("median", "wait_p50_ms"), series("p95", "wait_p95_ms"), series("p99", "wait_p99_ms")]}
        format={duration}
        hrefOf={rowsIn("traces", { sort: "-duration_ms" })}
      />
      <CostByModel from={from} />
      <Chart
        times={metrics.times}
        intervalS={metrics.interval_s}
        title="Errors"
        stacked
        series={[series("errors", "errors")]}
        format={(value) => count(Math.ceil(value ?? 0))}
        hrefOf={rowsIn("traces", { filter: "errors>=1" })}
      />
    </>
  )
}

function CostByModel({ from }: { from: string }) {
  const costs = useQuery(metricsQuery({ metrics: "cost_usd", by: "model", from }))
  if (costs.data)
    return (
      <Chart
        times={costs.data.times}
        intervalS={costs.data.interval_s}
        title="Cost by model"
        stacked
        series={mostExpensive(costs.data)}
        format={(value) => cost(value ?? 0)}
        hrefOf={rowsIn("sessions", { sort: "-cost_usd" })}
      />
    )
  if (costs.error) return <Fault error={costs.error} what="costs" retry={() => void costs.refetch()} />
  return <ChartSkeleton />
}

export const ChartSkeleton = () => <div className="skeleton h-[240px]" aria-hidden />

/** The address of the rows behind an interval. */
const rowsIn =
  (resource: Resource, search: { filter?: string; sort?: string } = {}) =>
  (from: string, to: string): string =>
    paths.list(resource, { from, to, ...search })
