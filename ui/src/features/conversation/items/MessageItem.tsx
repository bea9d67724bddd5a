import { Bot } from "lucide-react"
import { chip, iconButton, join } from "../../../components/classes"
import { Copy } from "../../../components/Copy"
import { Link } from "../../../components/Link"
import { Clock } from "../../../components/Time"
import { asText } from "../../../format/text"
import type { Item } from "../../../layout/turns"
import { paths } from "../../../paths"
import { ScoreItem } from "../../score/ScoreItem"
import { MessageParts } from "./MessageParts"

/** Finish reasons of an answer that is not complete. */
const CUT_OFF = ["length", "max_tokens", "content_filter", "refusal"]

type MessageItemProps = { item: Extract<Item, { type: "message" }>; model: string | null; traceId: string }

export function MessageItem({ item, model, traceId }: MessageItemProps) {
  const text = (): string =>
    item.parts
      .map((part) => (part.type === "text" ? asText(part["content"]) : ""))
      .filter(Boolean)
      .join("\n\n")
  if (item.role === "user") {
    return (
      <div role="group" aria-label="user" className="group/message flex flex-col items-end gap-1">
        <p className="flex items-center gap-2 text-label text-faint">
          <MessageTools text={text} />
          <span className="font-medium text-secondary">user</span> <Clock at={item.at} />
        </p>
        <div className="max-w-[86%] rounded-card bg-selected px-3 py-2 text-talk sm:max-w-[75%]">
          <MessageParts parts={item.parts} plain />
        </div>
      </div>
    )
  }
  const isAssistant = item.role === "assistant"
  return (
    <div role="group" aria-label={item.role} className="group/message flex flex-col gap-1">
      <p className="flex items-center gap-2 text-label text-faint">
        {isAssistant && <Bot size={13} aria-hidden className="text-llm" />}
        <span className="font-medium text-secondary">{item.role}</span>
        {item.inner && <span className={join(chip, "bg-inset")}>internal</span>}
        {isAssistant && model && <span className="truncate">{model}</span>}
        <Clock at={item.at} />
        <MessageTools text={text} href={paths.span(traceId, item.spanId)} />
      </p>
      <div className={join("text-talk", !isAssistant && "rounded-card bg-raised px-3 py-2")}>
        <MessageParts parts={item.parts} plain={!isAssistant} />
      </div>
      {item.finishReason !== null && CUT_OFF.includes(item.finishReason) && (
        <p className={join(chip, "self-start bg-warning-tint text-warning")}>answer cut off: {item.finishReason}</p>
      )}
      {item.scores.map((score) => (
        <ScoreItem key={score.score_id} score={score} />
      ))}
    </div>
  )
}

const onHover =
  "opacity-0 group-focus-within/message:opacity-100 group-hover/message:opacity-100 pointer-coarse:opacity-100"

function MessageTools({ text, href }: { text: () => string; href?: string }) {
  return (
    <span className={join("inline-flex items-center gap-2", onHover)}>
      <Copy text={text} label="Copy message" className={iconButton} />
      {href && (
        <Link href={href} className="text-accent hover:underline">
          span
        </Link>
      )}
    </span>
  )
}
