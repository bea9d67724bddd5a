import type { TraceRow } from "../../api/types"
import { count } from "../../format/number"
import { preview, shortId } from "../../format/text"
import { paths } from "../../paths"
import { Link } from "../../components/Link"
import type { Column } from "../../components/table/Table"
import { Ago } from "../../components/Time"
import { Visible } from "../../components/text/Visible"
import { Cost, Errors, Feedback, IdLink, Length, Models, rowLink, Tokens, Words } from "./cells"

export const traceKey = (trace: TraceRow): string => trace.trace_id
export const traceHref = (trace: TraceRow): string => paths.trace(trace.trace_id)

const none = <span className="text-faint">–</span>

export const traceColumns: Column<TraceRow>[] = [
  {
    id: "trace",
    title: "Trace",
    width: 140,
    sort: "name",
    cell: (trace) => (
      <Link href={traceHref(trace)} className={rowLink} title={trace.trace_id}>
        <Visible text={trace.name || shortId(trace.trace_id)} />
      </Link>
    ),
  },
  { id: "input", title: "Input", width: 210, cell: (trace) => <Words text={trace.input_preview} /> },
  {
    id: "output",
    title: "Output",
    width: 210,
    cell: (trace) => <Words text={trace.output_preview} className="text-secondary" />,
  },
  {
    id: "started_at",
    title: "Started",
    width: 104,
    sort: "started_at",
    first: "down",
    cell: (trace) => <Ago at={trace.started_at} />,
  },
  {
    id: "user",
    title: "User",
    width: 110,
    sort: "user_id",
    cell: (trace) =>
      trace.user_id === null ? (
        none
      ) : (
        <IdLink href={paths.user(trace.user_id)} id={trace.user_id} name={trace.user_name} />
      ),
  },
  {
    id: "session",
    title: "Session",
    width: 110,
    sort: "session_id",
    cell: (trace) =>
      trace.session_id === null ? none : <IdLink href={paths.session(trace.session_id)} id={trace.session_id} />,
  },
  {
    id: "duration",
    title: "Duration",
    width: 88,
    right: true,
    sort: "duration_ms",
    cell: (trace) => <Length ms={trace.duration_ms} />,
  },
  {
    id: "llm_calls",
    title: "LLM calls",
    width: 84,
    right: true,
    sort: "llm_calls",
    cell: (trace) => count(trace.llm_calls),
  },
  {
    id: "tool_calls",
    title: "Tool calls",
    width: 84,
    right: true,
    sort: "tool_calls",
    cell: (trace) => count(trace.tool_calls),
  },
  {
    id: "spans",
    title: "Spans",
    width: 68,
    right: true,
    sort: "spans_total",
    cell: (trace) => count(trace.spans_total),
  },
  { id: "cost", title: "Cost", width: 94, right: true, sort: "cost_usd", cell: (trace) => <Cost row={trace} /> },
  {
    id: "tokens",
    title: "Tokens",
    width: 76,
    right: true,
    sort: "input_tokens",
    cell: (trace) => <Tokens input={trace.input_tokens} output={trace.output_tokens} />,
  },
  {
    id: "errors",
    title: "Errors",
    width: 72,
    right: true,
    sort: "errors",
    cell: (trace) => <Errors value={trace.errors} />,
  },
  {
    id: "feedback",
    title: "Feedback",
    width: 88,
    cell: (trace) => <Feedback up={trace.feedback_up} down={trace.feedback_down} />,
  },
  { id: "models", title: "Models", width: 150, cell: (trace) => <Models models={trace.models} /> },
  { id: "tags", title: "Tags", width: 140, cell: (trace) => <Words text={trace.tags.join(", ")} /> },
  { id: "environment", title: "Environment", width: 110, cell: (trace) => <Words text={trace.environment} /> },
  { id: "release", title: "Release", width: 90, cell: (trace) => <Words text={trace.release} /> },
]

export const usualTraceColumns = [
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

export const NarrowTrace = (trace: TraceRow) => (
  <div className="flex flex-col gap-0.5 py-2">
    <span className="flex items-baseline gap-3">
      <Link href={traceHref(trace)} className={`${rowLink} min-w-0 flex-1 py-0.5`}>
        <Visible
          text={trace.input_preview ? preview(trace.input_preview, 120) : trace.name || shortId(trace.trace_id)}
        />
      </Link>
      <span className="shrink-0 text-small text-faint">
        <Ago at={trace.started_at} />
      </span>
    </span>
    <span className="flex items-center gap-3 overflow-hidden text-small text-secondary">
      <span className="min-w-0 truncate">
        <Visible text={trace.name} />
      </span>
      <span className="shrink-0">
        <Length ms={trace.duration_ms} />
      </span>
      <span className="shrink-0">
        <Cost row={trace} />
      </span>
      {trace.errors > 0 && <Errors value={trace.errors} />}
    </span>
  </div>
)
