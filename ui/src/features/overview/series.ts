import type { Metrics } from "../../api/types"
import type { Values } from "../../layout/chart"

/** A named line or layer of a chart. */
export type Series = { name: string; values: Values }

/** Counts are 0 where nothing happened; every other metric is unknown there. */
const counts = new Set(["active_users", "sessions"])

/** The values of a metric over time; none while the metrics are loading. */
export function valuesOf(metrics: Metrics | undefined, metric: string): Values {
  const values = metrics?.series.find((one) => one.metric === metric)?.values ?? []
  return counts.has(metric) ? values.map((value) => value ?? 0) : values
}

const MODELS_SHOWN = 5

/** One series for each of the most expensive models, and one for all others. */
export function mostExpensive({ series }: Metrics): Series[] {
  const all = series
    .map(({ by, values }) => ({ name: by ?? "unknown", values }))
    .filter(({ values }) => sum(values) > 0)
    .toSorted((a, b) => sum(b.values) - sum(a.values))
  const shown = all.slice(0, MODELS_SHOWN)
  const others = all.slice(MODELS_SHOWN)
  if (others.length === 0) return shown
  const values = others[0]!.values.map((_, index) => sum(others.map((other) => other.values[index] ?? 0)))
  return [...shown, { name: `${others.length} more`, values }]
}

const sum = (values: Values): number => values.reduce<number>((total, value) => total + (value ?? 0), 0)
