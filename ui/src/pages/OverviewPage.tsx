import { useQuery } from "@tanstack/react-query"
import { headQuery, metricsQuery } from "../api/queries"
import { control } from "../components/classes"
import { Boundary, Fault, Notice } from "../components/States"
import { Connect } from "../features/connect/Connect"
import { TimeRangeSelect } from "../features/list/TimeRangeSelect"
import { Charts, ChartSkeleton, overviewMetrics } from "../features/overview/Charts"
import { NeedsAttention } from "../features/overview/NeedsAttention"
import { Tiles } from "../features/overview/Tiles"
import { PageHead } from "../features/shell/PageHead"
import { useSearch } from "../state/search"

const defaultFrom = "now-24h"
const longestFrom = "now-30d"

export default function OverviewPage() {
  const [search, change] = useSearch()
  const from = search["from"] ?? defaultFrom
  const setFrom = (next: string): void => change({ from: next === defaultFrom ? undefined : next })
  const metrics = useQuery(metricsQuery({ metrics: overviewMetrics, from, compare: "previous" }))
  const quiet = metrics.data?.totals["traces"] === 0
  const anyUser = useQuery({ ...headQuery("users", { sort: "-last_seen" }), enabled: quiet })
  const neverUsed = quiet && anyUser.data?.items.length === 0
  return (
    <>
      <PageHead title="Overview">
        <TimeRangeSelect from={from} onChange={setFrom} />
      </PageHead>
      {metrics.error && !metrics.data ? (
        <Fault error={metrics.error} what="overview" retry={() => void metrics.refetch()} />
      ) : neverUsed ? (
        <Connect waiting />
      ) : (
        <div className="scroll-thin min-h-0 flex-1 overflow-auto">
          <Tiles metrics={metrics.data} from={from} />
          {quiet ? (
            <Notice title="No activity in this period">
              <p>There is earlier data.</p>
              {from !== longestFrom && (
                <button type="button" className={control} onClick={() => setFrom(longestFrom)}>
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
                  [1, 2, 3, 4].map((n) => <ChartSkeleton key={n} />)
                )}
              </Boundary>
              <div className="xl:col-span-2">
                <Boundary what="list">
                  <NeedsAttention from={from} />
                </Boundary>
              </div>
            </div>
          )}
        </div>
      )}
    </>
  )
}
