/** What a turn is made of: messages, tools, errors, thoughts, logs, feedback. */
import { Bot, Brain, Check, ChevronRight, FileText, Image, ScrollText, ThumbsDown, ThumbsUp, TriangleAlert, Volume2, Wrench } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { Part, Score, ToolUse } from '../../api/types'
import { bytes } from '../../format/number'
import { asText, oneLine } from '../../format/text'
import { duration } from '../../format/time'
import type { Item } from '../../layout/turns'
import { paths } from '../../paths'
import { chip, join } from '../../ui/classes'
import { Copy } from '../../ui/Copy'
import { Json } from '../../ui/Json'
import { Link } from '../../ui/Link'
import { LongText } from '../../ui/LongText'
import { Markdown } from '../../ui/Markdown'
import { Clock } from '../../ui/Time'
import { Visible } from '../../ui/Visible'

export function ItemView({ item, traceId, model }: { item: Item; traceId: string; model: string | null }) {
  if (item.type === 'message') return <MessageItem item={item} model={model} traceId={traceId} />
  if (item.type === 'tool') return <ToolItem tool={item.tool} traceId={traceId} />
  if (item.type === 'error') return <ErrorItem item={item} traceId={traceId} />
  if (item.type === 'score') return <ScoreItem score={item.score} />
  if (item.type === 'silence') return <p className="text-small text-faint">No answer was recorded</p>
  if (item.type === 'reasoning') {
    return (
      <Fold icon={<Brain size={13} aria-hidden className="text-faint" />} label={<span className="text-secondary">Thoughts</span>} summary={oneLine(item.text, 140)}>
        <Markdown text={item.text} />
      </Fold>
    )
  }
  return (
    <Fold icon={<ScrollText size={13} aria-hidden className="text-faint" />} label={<span className="text-secondary">{item.log.name || 'log'}</span>} summary={oneLine(asText(item.log.body, 0), 140)} aside={<Clock at={item.at} />}>
      <Json value={item.log.body} label="log entry" />
    </Fold>
  )
}

function MessageItem({ item, model, traceId }: { item: Extract<Item, { type: 'message' }>; model: string | null; traceId: string }) {
  const whole = (): string => item.parts.map((part) => (part.type === 'text' ? asText(part['content']) : '')).filter(Boolean).join('\n\n')
  if (item.role === 'user') {
    return (
      <div role="group" aria-label="user" className="group/message flex flex-col items-end gap-1">
        <p className="flex items-center gap-2 text-label text-faint">
          <MessageTools copy={whole} />
          <span className="font-medium text-secondary">user</span> <Clock at={item.at} />
        </p>
        <div className="max-w-[86%] rounded-card bg-selected px-3 py-2 text-talk sm:max-w-[75%]">
          <Parts parts={item.parts} plain />
        </div>
      </div>
    )
  }
  const assistant = item.role === 'assistant'
  const cut = item.finishReason !== null && ['length', 'max_tokens', 'content_filter', 'refusal'].includes(item.finishReason)
  return (
    <div role="group" aria-label={item.role} className="group/message flex flex-col gap-1">
      <p className="flex items-center gap-2 text-label text-faint">
        {assistant && <Bot size={13} aria-hidden className="text-llm" />}
        <span className="font-medium text-secondary">{item.role}</span>
        {item.inner && <span className={join(chip, 'bg-inset')}>behind the scenes</span>}
        {assistant && model && <span className="truncate">{model}</span>}
        <Clock at={item.at} />
        <MessageTools copy={whole} href={paths.span(traceId, item.spanId)} />
      </p>
      <div className={join('text-talk', !assistant && 'rounded-card bg-raised px-3 py-2')}>
        <Parts parts={item.parts} plain={!assistant} />
      </div>
      {cut && <p className={join(chip, 'self-start bg-warning-tint text-warning')}>the answer stopped: {item.finishReason}</p>}
      {item.scores.map((score) => (
        <ScoreItem key={score.score_id} score={score} />
      ))}
    </div>
  )
}

function MessageTools({ copy, href }: { copy: () => string; href?: string }) {
  return (
    <span className="inline-flex items-center gap-2 opacity-0 group-focus-within/message:opacity-100 group-hover/message:opacity-100 pointer-coarse:opacity-100">
      <Copy text={copy} label="Copy the message" className="inline-flex size-6 items-center justify-center rounded-chip text-secondary hover:bg-hover" />
      {href && (
        <Link href={href} className="text-accent hover:underline">
          span
        </Link>
      )}
    </span>
  )
}

export function Parts({ parts, plain }: { parts: readonly Part[]; plain: boolean }) {
  return (
    <div className="flex flex-col gap-2">
      {parts.map((part, index) => (
        <PartView key={index} part={part} plain={plain} />
      ))}
    </div>
  )
}

function PartView({ part, plain }: { part: Part; plain: boolean }) {
  if (part.type === 'text' || part.type === 'refusal') {
    const text = asText(part['content'])
    if (!plain) return <Markdown text={text} />
    if (text.length > 4_000) return <LongText text={text} mono={false} />
    return (
      <p className="whitespace-pre-wrap [overflow-wrap:anywhere]" dir="auto">
        <Visible text={text} />
      </p>
    )
  }
  if (part.type === 'reasoning') return <LongText text={asText(part['content'])} mono={false} />
  if (part.type === 'blob' || part.type === 'uri' || part.type === 'file') return <Attachment part={part} />
  if (part.type === 'tool_call') return <ToolPart title={`asks for ${asText(part['name']) || 'a tool'}`} value={part['arguments'] ?? null} />
  if (part.type === 'tool_call_response') return <ToolPart title="answer of the tool" value={part['response'] ?? part['result'] ?? part['content'] ?? null} />
  return <Json value={part} label={`${part.type} part`} open={1} />
}

const ToolPart = ({ title, value }: { title: string; value: unknown }) => (
  <div className="rounded-control border border-dashed border-control px-2 py-1">
    <p className="mb-1 flex items-center gap-2 text-small text-secondary">
      <Wrench size={13} aria-hidden className="text-tool" />
      <Visible text={title} />
    </p>
    <Json value={value} label={title} />
  </div>
)

// Named, never loaded: the address of a picture can carry a conversation out.
function Attachment({ part }: { part: Part }) {
  const kind = String(part['modality'] ?? part['mime_type'] ?? part.type)
  const Icon = kind.startsWith('image') ? Image : kind.startsWith('audio') ? Volume2 : FileText
  const content = part['content'] ?? part['data']
  const size = typeof content === 'string' ? bytes(Math.floor((content.length * 3) / 4)) : null
  const name = asText(part['uri'] ?? part['file_id'] ?? part['filename'] ?? '')
  return (
    <p className="inline-flex max-w-full items-center gap-2 self-start rounded-control border border-hairline px-2 py-1 text-small text-secondary">
      <Icon size={14} aria-hidden className="shrink-0" />
      <span className="shrink-0">{asText(part['mime_type']) || kind}</span>
      {size && <span className="shrink-0 text-faint">{size}</span>}
      {name && <span className="min-w-0 truncate font-mono text-label"><Visible text={oneLine(name, 160)} /></span>}
    </p>
  )
} // prettier-ignore

function ToolItem({ tool, traceId }: { tool: ToolUse; traceId: string }) {
  const failed = tool.status === 'error'
  const outcome = failed ? (tool.status_message ?? 'failed') : tool.result === null || tool.result === undefined ? null : oneLine(asText(tool.result, 0), 90)
  return (
    <Fold
      dashed
      failed={failed}
      icon={<Wrench size={13} aria-hidden className={failed ? 'text-error' : 'text-tool'} />}
      label={<span className="font-mono text-small"><span className="sr-only">tool </span><Visible text={tool.name} /></span>}
      summary={
        <>
          <span className="font-mono text-faint">({oneLine(argumentsOf(tool.arguments), 70)})</span>
          {outcome && <span className={failed ? 'text-error' : undefined}> → <Visible text={outcome} /></span>}
        </>
      }
      aside={tool.duration_ms === null ? null : duration(tool.duration_ms)}
    >
      <h4 className={fieldLook}>Arguments</h4>
      <Json value={tool.arguments} label="arguments" />
      <h4 className={fieldLook}>{failed ? 'Failure' : 'Result'}</h4>
      {failed && <p className="text-small text-error"><Visible text={tool.status_message ?? 'failed without a message'} /></p>}
      {(tool.result !== null || !failed) && <Json value={tool.result} label="result" />}
      {tool.span_id && <Link href={paths.span(traceId, tool.span_id)} className="mt-2 inline-block text-small text-accent hover:underline">Its span in the trace</Link>}
    </Fold>
  )
} // prettier-ignore

const fieldLook = 'mt-2 mb-1 text-label font-medium text-faint first:mt-0'

// `{user: 9, limit: 3}` → `user=9, limit=3`.
function argumentsOf(value: unknown): string {
  let known = value
  if (typeof value === 'string' && value.trim().startsWith('{')) {
    try {
      known = JSON.parse(value) as unknown
    } catch {
      return value
    }
  }
  if (known === null || known === undefined) return ''
  if (typeof known !== 'object' || Array.isArray(known)) return asText(known, 0)
  return Object.entries(known).map(([name, one]) => `${name}=${asText(one, 0)}`).join(', ')
}

function ErrorItem({ item, traceId }: { item: Extract<Item, { type: 'error' }>; traceId: string }) {
  const { error } = item
  return (
    <div role="group" aria-label="error" className="flex gap-2 rounded-card bg-error-tint px-3 py-2 text-error">
      <TriangleAlert size={14} aria-hidden className="mt-[3px] shrink-0" />
      <div className="min-w-0 flex-1">
        <p className="font-medium [overflow-wrap:anywhere]"><Visible text={error.type ?? 'Error'} /></p>
        {error.message && <p className="whitespace-pre-wrap [overflow-wrap:anywhere]"><Visible text={error.message.slice(0, 2_000)} /></p>}
        <p className="text-label">
          in <Link href={paths.span(traceId, error.span_id)} className="underline underline-offset-2"><Visible text={error.span_name} /></Link> at <Clock at={error.at} />
        </p>
      </div>
    </div>
  )
} // prettier-ignore

/** Whether a judgement is good, bad, or neither. */
export function verdictOf(score: Score): 'good' | 'bad' | 'neither' {
  const label = score.label?.toLowerCase()
  if (label === 'up' || label === 'pass') return 'good'
  if (label === 'down' || label === 'fail') return 'bad'
  if (score.source === 'feedback' && score.value !== null) return score.value >= 0.5 ? 'good' : 'bad'
  return 'neither'
}

export function ScoreItem({ score }: { score: Score }) {
  const verdict = verdictOf(score)
  const look = verdict === 'good' ? 'bg-good-tint text-good' : verdict === 'bad' ? 'bg-error-tint text-error' : 'bg-inset text-secondary'
  const Icon = verdict === 'bad' ? ThumbsDown : score.source === 'feedback' && verdict === 'good' ? ThumbsUp : Check
  const value = score.label || (score.value === null ? '' : String(Number(score.value.toFixed(3))))
  return (
    <p className={join('flex w-fit max-w-full items-start gap-2 rounded-control px-2 py-1 text-small', look)}>
      <Icon size={13} aria-hidden className="mt-[2px] shrink-0" />
      <span className="min-w-0 [overflow-wrap:anywhere]">
        <span className="font-medium"><Visible text={score.name} /></span> {value}
        {score.comment && <span>: “<Visible text={score.comment} />”</span>}
      </span>
    </p>
  )
} // prettier-ignore

type FoldProps = { icon: ReactNode; label: ReactNode; summary: ReactNode; aside?: ReactNode; dashed?: boolean; failed?: boolean; children: ReactNode }

/** One line that opens. Its content is made only when it is open. */
export function Fold({ icon, label, summary, aside, dashed = false, failed = false, children }: FoldProps) {
  const [open, setOpen] = useState(false)
  return (
    <div className={join('rounded-control border', dashed && 'border-dashed', failed ? 'border-error' : dashed ? 'border-control' : 'border-hairline')}>
      <button type="button" aria-expanded={open} onClick={() => setOpen(!open)} className="flex min-h-8 w-full items-center gap-2 rounded-control px-2 py-1 text-left text-small hover:bg-hover pointer-coarse:min-h-11">
        <ChevronRight size={12} aria-hidden className={join('shrink-0 text-faint transition-transform', open && 'rotate-90')} />
        <span className="shrink-0">{icon}</span>
        <span className="max-w-1/2 shrink-0 truncate">{label}</span>
        <span className="min-w-0 flex-1 truncate text-secondary">{summary}</span>
        {aside && <span className="shrink-0 text-label text-faint">{aside}</span>}
      </button>
      {open && <div className="border-t border-hairline px-3 py-2">{children}</div>}
    </div>
  )
}
