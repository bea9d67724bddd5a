/** A chart over time, with the values under a cursor (pointer or arrow keys), or as a table. */
import { useId, useState, type KeyboardEvent, type PointerEvent } from "react"
import { barPaths, ceiling, largest, linePath } from "../../layout/chart"
import { dayAndMonth, hourOf } from "../../format/time"
import { card, join } from "../../components/classes"
import { Link } from "../../components/Link"
import { Visible } from "../../components/text/Visible"
import type { Series } from "./series"
import { ValueTable } from "./ValueTable"

type ChartProps = {
  title: string
  /** The start of each interval. */
  times: readonly string[]
  intervalS: number
  series: readonly Series[]
  /** Stacked bars instead of lines. */
  stacked?: boolean
  format: (value: number | null) => string
  /** The rows behind an interval. */
  hrefOf: (from: string, to: string) => string
}

/** From the third series on, lines are also dashed, so that colour alone does not distinguish them. */
const styles = [
  { color: "var(--accent)", dash: undefined },
  { color: "var(--llm)", dash: undefined },
  { color: "var(--tool)", dash: "5 3" },
  { color: "var(--retrieval)", dash: "2 2" },
  { color: "var(--embedding)", dash: "8 3" },
  { color: "var(--chain)", dash: "8 2 2 2" },
]
const styleOf = (index: number) => styles[Math.min(index, styles.length - 1)]!

export function Chart({ title, times, intervalS, series, stacked = false, format, hrefOf }: ChartProps) {
  const [at, setAt] = useState<number | null>(null)
  const [asTable, setAsTable] = useState(false)
  const titleId = useId()
  const all = series.map(({ values }) => values)
  const top = ceiling(largest(all, stacked))
  const last = times.length - 1
  const when = (index: number): string => labelOf(times[index]!, intervalS)
  const endOf = (index: number): string => new Date(Date.parse(times[index]!) + intervalS * 1000).toISOString()
  const words = (index: number): string =>
    `${when(index)}: ${series.map(({ name, values }) => `${name} ${format(values[index] ?? null)}`).join(", ")}`

  const onPointerMove = (event: PointerEvent<HTMLDivElement>): void => {
    const box = event.currentTarget.getBoundingClientRect()
    setAt(Math.max(0, Math.min(last, Math.floor(((event.clientX - box.left) / box.width) * times.length))))
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const to = { ArrowLeft: (at ?? last + 1) - 1, ArrowRight: (at ?? last) + 1, Home: 0, End: last }[event.key]
    if (to === undefined) return
    event.preventDefault()
    event.stopPropagation()
    setAt(Math.max(0, Math.min(last, to)))
  }
  return (
    <section aria-labelledby={titleId} className={join(card, "flex min-w-0 flex-col p-3")}>
      <header className="flex min-h-6 items-start gap-3">
        <h2 id={titleId} className="shrink-0 font-semibold">
          {title}
        </h2>
        <button
          type="button"
          className="ml-auto h-6 shrink-0 text-label text-secondary underline-offset-2 hover:underline"
          aria-expanded={asTable}
          onClick={() => setAsTable(!asTable)}
        >
          {asTable ? "View as chart" : "View as table"}
        </button>
      </header>
      <ul className="flex min-h-6 flex-wrap items-center gap-x-3 text-label text-secondary">
        {series.map(({ name, values }, index) => (
          <li key={name} className="flex min-w-0 items-center gap-1.5">
            <svg width="14" height="8" aria-hidden className="shrink-0">
              {stacked ? (
                <rect width="8" height="8" x="3" rx="2" fill={styleOf(index).color} />
              ) : (
                <line
                  x1="0"
                  x2="14"
                  y1="4"
                  y2="4"
                  stroke={styleOf(index).color}
                  strokeWidth="2"
                  strokeDasharray={styleOf(index).dash}
                />
              )}
            </svg>
            <span className="truncate">
              <Visible text={name} />
            </span>
            {at !== null && <span className="font-medium text-text tabular-nums">{format(values[at] ?? null)}</span>}
          </li>
        ))}
        {at !== null && (
          <li className="ml-auto whitespace-nowrap">
            <Link
              href={hrefOf(times[at]!, endOf(at))}
              className="inline-flex h-6 items-center text-accent hover:underline"
            >
              {when(at)}
            </Link>
          </li>
        )}
      </ul>
      {asTable ? (
        <ValueTable title={title} times={times} series={series} format={format} when={when} />
      ) : (
        <>
          <div className="mt-1 flex gap-2">
            <div
              role="slider"
              tabIndex={0}
              aria-labelledby={titleId}
              aria-valuemin={0}
              aria-valuemax={last}
              aria-valuenow={at ?? last}
              aria-valuetext={words(at ?? last)}
              className="relative h-36 min-w-0 flex-1 border-b border-hairline"
              onPointerMove={onPointerMove}
              onPointerDown={onPointerMove}
              onKeyDown={onKeyDown}
            >
              <span aria-hidden className="absolute inset-x-0 top-0 border-t border-dashed border-hairline" />
              <span aria-hidden className="absolute inset-x-0 top-1/2 border-t border-dashed border-hairline" />
              <svg
                viewBox="0 0 100 100"
                preserveAspectRatio="none"
                className="absolute inset-0 size-full overflow-visible"
                aria-hidden
              >
                {stacked
                  ? barPaths(all, top).map((path, index) => (
                      <path key={series[index]!.name} d={path} fill={styleOf(index).color} />
                    ))
                  : series.map(({ name, values }, index) => (
                      <path
                        key={name}
                        d={linePath(values, top)}
                        fill="none"
                        stroke={styleOf(index).color}
                        strokeWidth="1.75"
                        strokeDasharray={styleOf(index).dash}
                        strokeLinejoin="round"
                        vectorEffect="non-scaling-stroke"
                      />
                    ))}
              </svg>
              {at !== null && (
                <span
                  aria-hidden
                  className="absolute inset-y-0 w-px bg-control"
                  style={{ left: `${((at + 0.5) / times.length) * 100}%` }}
                />
              )}
            </div>
            <div aria-hidden className="flex w-12 shrink-0 flex-col justify-between text-label text-faint tabular-nums">
              <span className="-mt-2">{format(top)}</span>
              <span>{format(top / 2)}</span>
              <span className="-mb-2">{format(0)}</span>
            </div>
          </div>
          <div aria-hidden className="mt-1 mr-14 flex justify-between text-label text-faint">
            <span>{when(0)}</span>
            <span>{when(Math.floor(last / 2))}</span>
            <span>{when(last)}</span>
          </div>
        </>
      )}
    </section>
  )
}

/** Intervals of six hours and more are named by their day. */
const labelOf = (iso: string, intervalS: number): string => (intervalS >= 21_600 ? dayAndMonth(iso) : hourOf(iso))
