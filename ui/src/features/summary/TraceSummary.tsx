import type { TraceRow } from "../../api/types"
import { join, link } from "../../components/classes"
import { Link } from "../../components/Link"
import { Visible } from "../../components/text/Visible"
import { Ago } from "../../components/Time"
import { plural } from "../../format/number"
import { shortId } from "../../format/text"
import { duration } from "../../format/time"
import { paths } from "../../paths"
import { Cost, Tokens } from "../list/rows/cells"
import { ErrorCount, Labels, SummaryBar } from "./SummaryBar"

export function TraceSummary({ trace }: { trace: TraceRow | undefined }) {
  if (!trace) return <SummaryBar />
  return (
    <SummaryBar>
      {trace.user_id !== null && (
        <Link href={paths.user(trace.user_id)} className={link} title={trace.user_id}>
          <Visible text={trace.user_name ?? shortId(trace.user_id, 28)} />
        </Link>
      )}
      {trace.session_id !== null && (
        <span>
          session{" "}
          <Link href={paths.session(trace.session_id)} className={join(link, "underline")}>
            <Visible text={shortId(trace.session_id, 28)} />
          </Link>
        </span>
      )}
      <span className="font-medium text-text">{duration(trace.duration_ms)}</span>
      <span>{plural(trace.spans_total, "span")}</span>
      <span>{plural(trace.llm_calls, "LLM call")}</span>
      <Cost row={trace} />
      <span>
        <Tokens row={trace} /> tokens
      </span>
      <ErrorCount errors={trace.errors} />
      <Labels row={trace} />
      <span className="ml-auto">
        started <Ago at={trace.started_at} />
      </span>
    </SummaryBar>
  )
}
