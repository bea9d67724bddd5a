/** The parts of a message: text, reasoning, tool calls and their results, attachments. */
import { FileText, Image, Volume2, Wrench } from "lucide-react"
import type { Part } from "../../../api/types"
import { join } from "../../../components/classes"
import { Json } from "../../../components/text/Json"
import { LongText } from "../../../components/text/LongText"
import { Markdown } from "../../../components/text/Markdown"
import { Visible } from "../../../components/text/Visible"
import { bytes } from "../../../format/number"
import { asText, oneLine } from "../../../format/text"

/** `plain` shows text as it is, because only models write Markdown on purpose. */
export function MessageParts({ parts, plain }: { parts: readonly Part[]; plain: boolean }) {
  return (
    <div className="flex flex-col gap-2">
      {parts.map((part, index) => (
        <PartView key={index} part={part} plain={plain} />
      ))}
    </div>
  )
}

function PartView({ part, plain }: { part: Part; plain: boolean }) {
  switch (part.type) {
    case "text":
    case "refusal":
      return plain ? <PlainText text={asText(part["content"])} /> : <Markdown text={asText(part["content"])} />
    case "reasoning":
      return <LongText text={asText(part["content"])} mono={false} />
    case "blob":
    case "uri":
    case "file":
      return <Attachment part={part} />
    case "tool_call":
      return <ToolPart title={`calls ${asText(part["name"]) || "a tool"}`} value={part["arguments"] ?? null} />
    case "tool_call_response":
      return <ToolPart title="tool result" value={part["response"] ?? part["result"] ?? part["content"] ?? null} />
    default:
      return <Json value={part} label={`${part.type} part`} open={1} />
  }
}

function PlainText({ text }: { text: string }) {
  if (text.length > 4_000) return <LongText text={text} mono={false} />
  return (
    <p className="whitespace-pre-wrap [overflow-wrap:anywhere]" dir="auto">
      <Visible text={text} />
    </p>
  )
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

const attachment = join(
  "inline-flex max-w-full items-center gap-2 self-start rounded-control border border-hairline px-2 py-1",
  "text-small text-secondary",
)

// Named but never loaded: the address of an image can leak a conversation.
function Attachment({ part }: { part: Part }) {
  const kind = String(part["modality"] ?? part["mime_type"] ?? part.type)
  const Icon = kind.startsWith("image") ? Image : kind.startsWith("audio") ? Volume2 : FileText
  const content = part["content"] ?? part["data"]
  const size = typeof content === "string" ? bytes(Math.floor((content.length * 3) / 4)) : null
  const name = asText(part["uri"] ?? part["file_id"] ?? part["filename"] ?? "")
  return (
    <p className={attachment}>
      <Icon size={14} aria-hidden className="shrink-0" />
      <span className="shrink-0">{asText(part["mime_type"]) || kind}</span>
      {size && <span className="shrink-0 text-faint">{size}</span>}
      {name && (
        <span className="min-w-0 truncate font-mono text-label">
          <Visible text={oneLine(name, 160)} />
        </span>
      )}
    </p>
  )
}
