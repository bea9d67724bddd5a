/** Everything that is known of one span. */
import { useQuery } from '@tanstack/react-query'
import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { spanQuery } from '../../api/queries'
import type { LightTrace, Message, Resolution, Score, Span } from '../../api/types'
import { cost, count } from '../../format/number'
import { asText, shortId } from '../../format/text'
import { duration, moment } from '../../format/time'
import { paths } from '../../paths'
import { chip, join, link, quiet } from '../../ui/classes'
import { Copy } from '../../ui/Copy'
import { Json } from '../../ui/Json'
import { KindIcon, kinds } from '../../ui/kinds'
import { Link } from '../../ui/Link'
import { LongText } from '../../ui/LongText'
import { Fault, Skeleton } from '../../ui/States'
import { Tabs, useTab } from '../../ui/Tabs'
import { Visible } from '../../ui/Visible'
import { Parts, ScoreItem } from '../conversation/items'

const tabs = [
  { id: 'messages', label: 'Messages' },
  { id: 'parameters', label: 'Parameters' },
  { id: 'usage', label: 'Usage' },
  { id: 'identity', label: 'Identity' },
  { id: 'attributes', label: 'Attributes' },
  { id: 'raw', label: 'Raw' },
] as const

type SpanDetailProps = { trace: LightTrace; spanId: string; onClose: () => void }

export function SpanDetail({ trace, spanId, onClose }: SpanDetailProps) {
  const span = useQuery(spanQuery(trace.trace_id, spanId))
  const [tab, setTab] = useTab(tabs)
  if (span.error && !span.data) return <Fault error={span.error} what="span" retry={() => void span.refetch()} />
  if (!span.data) return <Skeleton lines={8} />
  const { data } = span
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <header className="flex flex-col gap-1 px-4 pt-2 pb-1">
        <div className="flex items-center gap-2">
          <KindIcon kind={data.kind} size={14} />
          <h2 className="min-w-0 truncate font-semibold"><Visible text={data.name} /></h2>
          <span className="ml-auto flex shrink-0">
            <Copy text={() => `${location.origin}${paths.span(trace.trace_id, spanId)}`} label="Copy the link to this span" />
            <button type="button" className={quiet} onClick={onClose} aria-label="Close the span" title="Close (Esc)"><X size={14} aria-hidden /></button>
          </span>
        </div>
        <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-small text-secondary">
          <span>{kinds[data.kind].label}</span>
          {data.model && <span className="text-text"><Visible text={data.model} /></span>}
          <span>{duration(data.duration_ms)}</span>
          {data.time_to_first_token_ms !== null && <span>first token {duration(data.time_to_first_token_ms)}</span>}
          {data.cost_usd !== null && <span>{cost(data.cost_usd)}</span>}
          {data.marks.map((mark) => <span key={mark} className={join(chip, 'bg-warning-tint text-warning')}>{mark.replaceAll('_', ' ')}</span>)}
          {data.duplicate_of && <span className={join(chip, 'bg-inset')}>counted by span {shortId(data.duplicate_of)}</span>}
        </p>
        {(data.status === 'error' || data.error_type) && (
          <p className="rounded-control bg-error-tint px-2 py-1 text-error [overflow-wrap:anywhere]">
            <span className="font-medium"><Visible text={data.error_type ?? 'Error'} /></span>
            {data.status_message && <> <Visible text={data.status_message.slice(0, 2_000)} /></>}
          </p>
        )}
      </header>
      <Tabs label="Of this span" tabs={tabs} active={tab} onChange={setTab} panel="span-panel" />
      {/* The panel scrolls, so it must be reachable by keyboard. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div id="span-panel" role="tabpanel" tabIndex={0} aria-labelledby={`span-panel-${tab}`} className="scroll-thin min-h-0 flex-1 overflow-auto px-4 py-3 outline-offset-[-2px]">
        {tab === 'messages' && <Messages span={data} scores={trace.scores.filter((score) => score.span_id === spanId)} />}
        {tab === 'parameters' && <Parameters span={data} />}
        {tab === 'usage' && <Usage span={data} />}
        {tab === 'identity' && <IdentityOf span={data} trace={trace} />}
        {tab === 'attributes' && <Json value={data.attributes} label="attributes" open={2} />}
        {tab === 'raw' && <Raw span={data} />}
      </div>
    </div>
  )
} // prettier-ignore

function Messages({ span, scores }: { span: Span; scores: Score[] }) {
  const talks = span.input_messages.length > 0 || span.output_messages.length > 0
  return (
    <div className="flex flex-col gap-4">
      {scores.map((score) => <ScoreItem key={score.score_id} score={score} />)}
      {span.input_messages.length > 0 && <MessageList title="In" messages={span.input_messages} />}
      {span.output_messages.length > 0 && <MessageList title="Out" messages={span.output_messages} />}
      {span.tool && (
        <>
          <Block title="Arguments"><Json value={span.tool.arguments} label="arguments" /></Block>
          <Block title="Result"><Json value={span.tool.result} label="result" /></Block>
        </>
      )}
      {!talks && !span.tool && (
        <>
          <Block title="Input"><Json value={span.input} label="input" /></Block>
          <Block title="Output"><Json value={span.output} label="output" /></Block>
        </>
      )}
      {span.events.length > 0 && (
        <Block title="Events">
          <ol className="flex flex-col gap-2">
            {span.events.map((event, index) => (
              <li key={index} className="rounded-control border border-hairline px-3 py-2">
                <p className="flex gap-3"><span className="font-medium"><Visible text={event.name} /></span><time dateTime={event.at} className="ml-auto text-label text-faint">{moment(event.at)}</time></p>
                {Object.keys(event.attributes).length > 0 && <Json value={event.attributes} label="event" open={1} />}
              </li>
            ))}
          </ol>
        </Block>
      )}
    </div>
  )
} // prettier-ignore

function MessageList({ title, messages }: { title: string; messages: readonly Message[] }) {
  return (
    <Block title={title} note={messages.length > 1 ? `${count(messages.length)} messages` : undefined}>
      <ol className="flex flex-col gap-2">
        {messages.map((message, index) => (
          <li key={index} className={join('rounded-control border border-hairline px-3 py-2', message.role === 'user' && 'bg-selected')}>
            <p className="mb-1 flex gap-2 text-label text-faint">
              <span className="font-medium text-secondary">{message.role}</span>
              {message.finish_reason && <span>finished: {message.finish_reason}</span>}
            </p>
            <Parts parts={message.parts} plain={message.role !== 'assistant'} />
          </li>
        ))}
      </ol>
    </Block>
  )
} // prettier-ignore

function Parameters({ span }: { span: Span }) {
  const rows = Object.entries(span.parameters)
  return (
    <div className="flex flex-col gap-4">
      <Facts rows={{
        Provider: span.provider,
        'Model asked for': span.model_requested,
        'Model that answered': span.model,
        'Response id': span.response_id,
        Streamed: span.streaming ? 'yes' : 'no',
        'Finish reasons': span.finish_reasons.join(', ') || null,
        ...Object.fromEntries(rows.map(([name, value]) => [name, <Visible key={name} text={asText(value, 0)} />])),
      }} />
      {span.tool_definitions.length > 0 && <Block title={`Tools offered (${span.tool_definitions.length})`}><Json value={span.tool_definitions} label="tools offered" open={1} /></Block>}
      {Object.keys(span.metadata).length > 0 && <Block title="Metadata"><Json value={span.metadata} label="metadata" /></Block>}
    </div>
  )
} // prettier-ignore

function Usage({ span }: { span: Span }) {
  const { usage } = span
  const number = (value: number | null | undefined): ReactNode => (value === null || value === undefined ? <span className="text-faint">not reported</span> : count(value))
  return (
    <div className="flex flex-col gap-3">
      <Facts rows={{
        'Input tokens': number(usage?.input_tokens),
        'of them from the cache': number(usage?.cached_tokens),
        'of them written to the cache': number(usage?.cache_write_tokens),
        'Output tokens': number(usage?.output_tokens),
        'of them reasoning': number(usage?.reasoning_tokens),
        Cost: span.cost_usd === null ? <span className="text-faint">no price known</span> : `$${span.cost_usd}`,
        'Cost as the sender reported it': span.cost_reported_usd === null || span.cost_source === 'reported' ? null : `$${span.cost_reported_usd}`,
        'Time to the first token': span.time_to_first_token_ms === null ? null : duration(span.time_to_first_token_ms),
        Duration: duration(span.duration_ms),
      }} />
      <p className="text-small text-secondary">
        {span.cost_source === 'computed' && 'The cost was reckoned from the tokens and our prices when the call arrived, and stays as it was.'}
        {span.cost_source === 'reported' && 'The cost was reported by the sender.'}
        {span.cost_source === null && span.kind === 'llm' && 'Without a price for the model or without token counts there is no cost.'}
        {span.duplicate_of && ' Another span counts for the same call, so this one is not part of any total.'}
      </p>
    </div>
  )
} // prettier-ignore

const sources: Record<Resolution['source'], string> = {
  assigned: 'set through the API',
  application: 'named by the application',
  provider: "the provider's own end-user field",
  session: "taken over from the trace's session",
}

function IdentityOf({ span, trace }: { span: Span; trace: LightTrace }) {
  const { user, session } = trace.identity
  return (
    <div className="flex flex-col gap-4">
      <Origin title="User of the trace" found={user} href={user && paths.user(user.value)} trace={trace} />
      <Origin title="Session of the trace" found={session} href={session && paths.session(session.value)} trace={trace} />
      <Block title="This span says">
        <Facts rows={{
          User: span.user_id && <Visible text={span.user_id} />,
          Session: span.session_id && <Visible text={span.session_id} />,
          "Provider's end-user field": span.provider_user && <Visible text={span.provider_user} />,
          Environment: span.environment,
          Release: span.release,
          Tags: span.tags.join(', ') || null,
        }} />
      </Block>
    </div>
  )
} // prettier-ignore

function Origin({ title, found, href, trace }: { title: string; found: Resolution | null; href: string | null; trace: LightTrace }) {
  return (
    <Block title={title}>
      {found ? (
        <>
          <p className="[overflow-wrap:anywhere]">{href && <Link href={href} className={link}><Visible text={found.value} /></Link>}</p>
          <p className="text-small text-secondary">
            {sources[found.source]}
            {found.attribute && <>, in <code>{found.attribute}</code></>}
            {found.span_id && <> of <Link href={paths.span(trace.trace_id, found.span_id)} className={join(link, 'underline')}>span {shortId(found.span_id)}</Link></>}
          </p>
          {found.overrode.map((other, index) => (
            <p key={index} className="text-small text-warning">also said, and overruled: <Visible text={other.value} /> ({sources[other.source]}{other.attribute && `, ${other.attribute}`})</p>
          ))}
        </>
      ) : (
        <p className="text-faint">unknown</p>
      )}
    </Block>
  )
} // prettier-ignore

function Raw({ span }: { span: Span }) {
  const text = JSON.stringify(span, null, 2)
  return (
    <div className="relative">
      <span className="absolute top-1 right-1 z-10"><Copy text={text} label="Copy the span as JSON" /></span>
      <LongText text={text} tall={720} />
    </div>
  )
}

function Block({ title, note, children }: { title: string; note?: string; children: ReactNode }) {
  return (
    <section>
      <h3 className="mb-1 flex gap-2 text-label font-medium text-faint">{title}{note && <span className="font-normal">{note}</span>}</h3>
      {children}
    </section>
  )
}

function Facts({ rows }: { rows: Record<string, ReactNode> }) {
  return (
    <dl className="grid grid-cols-[minmax(120px,auto)_minmax(0,1fr)] gap-x-4 gap-y-1">
      {Object.entries(rows).filter(([, value]) => value !== null && value !== undefined && value !== '').map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-secondary">{name}</dt>
          <dd className="[overflow-wrap:anywhere]">{value}</dd>
        </div>
      ))}
    </dl>
  )
} // prettier-ignore
