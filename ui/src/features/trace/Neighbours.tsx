import { useQuery } from "@tanstack/react-query"
import { useRouter } from "@tanstack/react-router"
import { ChevronLeft, ChevronRight } from "lucide-react"
import { headQuery } from "../../api/queries"
import type { TraceRow } from "../../api/types"
import { join, quiet } from "../../components/classes"
import { Link } from "../../components/Link"
import { count } from "../../format/number"
import { paths } from "../../paths"
import { useShortcuts } from "../../state/shortcuts"

/** Leads to the traces before and after this one in its session. */
export function Neighbours({ trace, sessionId }: { trace: TraceRow; sessionId: string }) {
  const router = useRouter()
  const list = useQuery({
    ...headQuery("traces", { session: sessionId, sort: "started_at" }),
    refetchInterval: false,
    staleTime: 10_000,
  })
  const all = list.data?.items ?? []
  const at = all.findIndex((one) => one.trace_id === trace.trace_id)
  const previous = at > 0 ? all[at - 1] : undefined
  const next = at >= 0 ? all[at + 1] : undefined
  const go = (to: TraceRow | undefined): void => {
    if (to) router.history.push(paths.trace(to.trace_id))
  }
  const nextLabel = "Next trace in this session"
  const previousLabel = "Previous trace in this session"
  useShortcuts([
    { keys: "J", label: nextLabel, group: "Trace", run: () => go(next) },
    { keys: "K", label: previousLabel, group: "Trace", run: () => go(previous) },
  ])
  if (at < 0) return null
  return (
    <>
      <button
        type="button"
        className={quiet}
        disabled={!previous}
        aria-label={previousLabel}
        title={`${previousLabel} (K)`}
        onClick={() => go(previous)}
      >
        <ChevronLeft size={14} aria-hidden />
      </button>
      <Link href={paths.turn(sessionId, at + 1)} className={join(quiet, "max-sm:hidden")}>
        turn {at + 1} of {count(all.length)}
        {list.data?.next_cursor && "+"}
      </Link>
      <button
        type="button"
        className={quiet}
        disabled={!next}
        aria-label={nextLabel}
        title={`${nextLabel} (J)`}
        onClick={() => go(next)}
      >
        <ChevronRight size={14} aria-hidden />
      </button>
    </>
  )
}
