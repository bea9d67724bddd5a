import { useQuery } from "@tanstack/react-query"
import { cachedRow } from "../api/cached"
import { traceQuery } from "../api/queries"
import type { TraceRow } from "../api/types"
import { Boundary, Fault, Skeleton } from "../components/States"
import { Visible } from "../components/text/Visible"
import { PageHead } from "../features/shell/PageHead"
import { TraceSummary } from "../features/summary/TraceSummary"
import { Neighbours } from "../features/trace/Neighbours"
import { SpansPanel } from "../features/trace/SpansPanel"
import { shortId } from "../format/text"
import { paths } from "../paths"
import { usePathId } from "../state/path"
import { useRecentPage } from "../state/recent"

export default function TracePage() {
  const traceId = usePathId()
  const trace = useQuery(traceQuery(traceId))
  const row: TraceRow | undefined = trace.data ?? cachedRow("traces", (one) => one.trace_id === traceId)
  const title = row?.name || shortId(traceId)
  useRecentPage(paths.trace(traceId), title, row !== undefined)
  return (
    <>
      <PageHead title={title} heading={<Visible text={title} />} parent={{ href: paths.traces, label: "Traces" }}>
        {row?.session_id && <Neighbours trace={row} sessionId={row.session_id} />}
      </PageHead>
      {trace.error && !trace.data ? (
        <Fault error={trace.error} what="trace" retry={() => void trace.refetch()} />
      ) : (
        <>
          <TraceSummary trace={row} />
          {trace.data ? (
            <Boundary key={traceId} what="spans">
              <SpansPanel trace={trace.data} />
            </Boundary>
          ) : (
            <Skeleton lines={10} height={18} gap={10} />
          )}
        </>
      )}
    </>
  )
}
