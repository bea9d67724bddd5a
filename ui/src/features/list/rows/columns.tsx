/** Columns that mean the same in every list, and the pieces that other columns are made of. */
import type { ReactNode } from "react"
import { Ago } from "../../../components/Time"
import type { Session, TraceRow, User } from "../../../api/types"
import { count } from "../../../format/number"
import { Cost, Duration, Errors, Feedback, Models, Preview, Tokens } from "./cells"

/** A number: right-aligned, sorted by its field. */
export const countOf = <Field extends string>(field: Field) =>
  numberOf(field, (row: Record<Field, number>) => count(row[field]))

export const durationOf = <Field extends string>(field: Field) =>
  numberOf(field, (row: Record<Field, number | null>) => <Duration ms={row[field]} />)

/** A number of any look: right-aligned, sorted by `sort`. */
export const numberOf = <Row,>(sort: string, cell: (row: Row) => ReactNode) => ({ right: true, sort, cell })

/** A time: the first click sorts the latest first. */
export const timeOf = <Field extends string>(sort: Field) => ({
  sort,
  first: "down" as const,
  cell: (row: Record<Field, string>) => <Ago at={row[sort]} />,
})

export const previewOf = <Field extends string>(field: Field, className?: string) => ({
  cell: (row: Record<Field, string | null>) => <Preview text={row[field]} className={className} />,
})

type AnyRow = User | Session | TraceRow
type Labelled = Session | TraceRow

const cost = numberOf("cost_usd", (row: AnyRow) => <Cost row={row} />)
const tokens = numberOf("input_tokens", (row: AnyRow) => <Tokens row={row} />)
const errors = numberOf("errors", (row: AnyRow) => <Errors value={row.errors} />)
const p50 = durationOf("latency_p50_ms")
const p95 = durationOf("latency_p95_ms")
const feedback = { sort: "feedback_down", first: "down" as const, cell: (row: AnyRow) => <Feedback row={row} /> }

export const shared = {
  llmCalls: { id: "llm_calls", title: "LLM calls", width: 84, ...countOf("llm_calls") },
  toolCalls: { id: "tool_calls", title: "Tool calls", width: 84, ...countOf("tool_calls") },
  cost: { id: "cost", title: "Cost", width: 94, ...cost },
  tokens: { id: "tokens", title: "Tokens", width: 76, ...tokens },
  errors: { id: "errors", title: "Errors", width: 72, ...errors },
  latencyP50: { id: "latency_p50", title: "LLM latency, median", short: "median", width: 76, ...p50 },
  latencyP95: { id: "latency_p95", title: "LLM latency, p95", short: "p95", width: 76, ...p95 },
  feedback: { id: "feedback", title: "Feedback", width: 88, ...feedback },
  models: { id: "models", title: "Models", width: 150, cell: (row: AnyRow) => <Models models={row.models} /> },
  tags: { id: "tags", title: "Tags", width: 140, cell: (row: Labelled) => <Preview text={row.tags.join(", ")} /> },
  environment: { id: "environment", title: "Environment", width: 110, ...previewOf("environment") },
  release: { id: "release", title: "Release", width: 90, ...previewOf("release") },
}
