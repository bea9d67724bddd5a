import type { TraceRow } from "../../../api/types"
import { Link } from "../../../components/Link"
import type { Column } from "../../../components/table/column"
import { Visible } from "../../../components/text/Visible"
import { Ago } from "../../../components/Time"
import { preview, shortId } from "../../../format/text"
import { paths } from "../../../paths"
import { Cost, Duration, Errors, IdLink, none, rowLink } from "./cells"
import { countOf, durationOf, previewOf, shared, timeOf } from "./columns"
import { NarrowRow } from "./NarrowRow"

export const traceKey = (trace: TraceRow): string => trace.trace_id
export const traceHref = (trace: TraceRow): string => paths.trace(trace.trace_id)

const nameCell = (trace: TraceRow) => (
  <Link href={traceHref(trace)} className={rowLink} title={trace.trace_id}>
    <Visible text={trace.name || shortId(trace.trace_id)} />
  </Link>
)

const userCell = ({ user_id, user_name }: TraceRow) =>
  user_id === null ? none : <IdLink href={paths.user(user_id)} id={user_id} name={user_name} />

const sessionCell = ({ session_id }: TraceRow) =>
  session_id === null ? none : <IdLink href={paths.session(session_id)} id={session_id} />

export const traceColumns: Column<TraceRow>[] = [
  { id: "trace", title: "Trace", width: 140, sort: "name", cell: nameCell },
  { id: "input", title: "Input", width: 210, ...previewOf("input_preview") },
  { id: "output", title: "Output", width: 210, ...previewOf("output_preview", "text-secondary") },
  { id: "started_at", title: "Started", width: 104, ...timeOf("started_at") },
  { id: "user", title: "User", width: 110, sort: "user_id", cell: userCell },
  { id: "session", title: "Session", width: 110, sort: "session_id", cell: sessionCell },
  { id: "duration", title: "Duration", width: 88, ...durationOf("duration_ms") },
  shared.llmCalls,
  shared.toolCalls,
  { id: "spans", title: "Spans", width: 68, ...countOf("spans_total") },
  shared.cost,
  shared.tokens,
  shared.errors,
  shared.feedback,
  shared.models,
  shared.tags,
  shared.environment,
  shared.release,
]

export const defaultTraceColumns = [
  "input",
  "output",
  "started_at",
  "user",
  "session",
  "duration",
  "llm_calls",
  "cost",
  "errors",
]

const narrowTitle = ({ input_preview, name, trace_id }: TraceRow): string =>
  input_preview ? preview(input_preview, 120) : name || shortId(trace_id)

export const narrowTrace = (trace: TraceRow) => (
  <NarrowRow href={traceHref(trace)} title={<Visible text={narrowTitle(trace)} />} time={<Ago at={trace.started_at} />}>
    <span className="min-w-0 shrink! truncate">
      <Visible text={trace.name} />
    </span>
    <Duration ms={trace.duration_ms} />
    <Cost row={trace} />
    {trace.errors > 0 && <Errors value={trace.errors} />}
  </NarrowRow>
)
