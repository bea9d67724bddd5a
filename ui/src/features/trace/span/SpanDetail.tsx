/** Everything that is known about one span. */
import { useQuery } from "@tanstack/react-query"
import { X } from "lucide-react"
import { spanQuery } from "../../../api/queries"
import type { LightTrace, Span } from "../../../api/types"
import { chip, join, quiet } from "../../../components/classes"
import { Copy } from "../../../components/Copy"
import { KindIcon, kinds } from "../../../components/kinds"
import { Fault, Skeleton } from "../../../components/States"
import { Tabs, useTab } from "../../../components/Tabs"
import { Json } from "../../../components/text/Json"
import { LongText } from "../../../components/text/LongText"
import { Visible } from "../../../components/text/Visible"
import { cost } from "../../../format/number"
import { shortId } from "../../../format/text"
import { duration } from "../../../format/time"
import { paths } from "../../../paths"
import { Identity } from "./Identity"
import { Messages } from "./Messages"
import { Parameters } from "./Parameters"
import { Usage } from "./Usage"

const tabs = [
  { id: "messages", label: "Messages" },
  { id: "parameters", label: "Parameters" },
  { id: "usage", label: "Usage" },
  { id: "identity", label: "Identity" },
  { id: "attributes", label: "Attributes" },
  { id: "raw", label: "Raw" },
] as const

type SpanDetailProps = { trace: LightTrace; spanId: string; onClose: () => void }

export function SpanDetail({ trace, spanId, onClose }: SpanDetailProps) {
  const query = useQuery(spanQuery(trace.trace_id, spanId))
  const [tab, setTab] = useTab(tabs)
  if (query.error && !query.data) return <Fault error={query.error} what="span" retry={() => void query.refetch()} />
  if (!query.data) return <Skeleton lines={8} />
  const span = query.data
  const link = (): string => `${location.origin}${paths.span(trace.trace_id, spanId)}`
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <header className="flex flex-col gap-1 px-4 pt-2 pb-1">
        <div className="flex items-center gap-2">
          <KindIcon kind={span.kind} size={14} />
          <h2 className="min-w-0 truncate font-semibold">
            <Visible text={span.name} />
          </h2>
          <span className="ml-auto flex shrink-0">
            <Copy text={link} label="Copy link to this span" />
            <button type="button" className={quiet} onClick={onClose} aria-label="Close the span" title="Close (Esc)">
              <X size={14} aria-hidden />
            </button>
          </span>
        </div>
        <Summary span={span} />
        <Failure span={span} />
      </header>
      <Tabs label="Details of this span" tabs={tabs} active={tab} onChange={setTab} panel="span-panel" />
      {/* It scrolls, so it must be reachable by keyboard. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div
        id="span-panel"
        role="tabpanel"
        tabIndex={0}
        aria-labelledby={`span-panel-${tab}`}
        className="scroll-thin min-h-0 flex-1 overflow-auto px-4 py-3 outline-offset-[-2px]"
      >
        {tab === "messages" && (
          <Messages span={span} scores={trace.scores.filter((score) => score.span_id === spanId)} />
        )}
        {tab === "parameters" && <Parameters span={span} />}
        {tab === "usage" && <Usage span={span} />}
        {tab === "identity" && <Identity span={span} trace={trace} />}
        {tab === "attributes" && <Json value={span.attributes} label="attributes" open={2} />}
        {tab === "raw" && <Raw span={span} />}
      </div>
    </div>
  )
}

function Summary({ span }: { span: Span }) {
  return (
    <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-small text-secondary">
      <span>{kinds[span.kind].label}</span>
      {span.model && (
        <span className="text-text">
          <Visible text={span.model} />
        </span>
      )}
      <span>{duration(span.duration_ms)}</span>
      {span.time_to_first_token_ms !== null && <span>first token {duration(span.time_to_first_token_ms)}</span>}
      {span.cost_usd !== null && <span>{cost(span.cost_usd)}</span>}
      {span.marks.map((mark) => (
        <span key={mark} className={join(chip, "bg-warning-tint text-warning")}>
          {mark.replaceAll("_", " ")}
        </span>
      ))}
      {span.duplicate_of && (
        <span className={join(chip, "bg-inset")}>duplicate of span {shortId(span.duplicate_of)}</span>
      )}
    </p>
  )
}

function Failure({ span: { status, error_type, status_message } }: { span: Span }) {
  if (status !== "error" && !error_type) return null
  return (
    <p className="rounded-control bg-error-tint px-2 py-1 text-error [overflow-wrap:anywhere]">
      <span className="font-medium">
        <Visible text={error_type ?? "Error"} />
      </span>
      {status_message && (
        <>
          {" "}
          <Visible text={status_message.slice(0, 2_000)} />
        </>
      )}
    </p>
  )
}

function Raw({ span }: { span: Span }) {
  const text = JSON.stringify(span, null, 2)
  return (
    <div className="relative">
      <span className="absolute top-1 right-1 z-10">
        <Copy text={text} label="Copy span as JSON" />
      </span>
      <LongText text={text} tall={720} />
    </div>
  )
}
