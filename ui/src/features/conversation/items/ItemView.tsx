/** One item of a turn: a message, tool call, error, score, reasoning or log entry. */
import { Brain, ScrollText } from "lucide-react"
import { Json } from "../../../components/text/Json"
import { Markdown } from "../../../components/text/Markdown"
import { Clock } from "../../../components/Time"
import { asText, oneLine } from "../../../format/text"
import type { Item } from "../../../layout/turns"
import { ScoreItem } from "../../score/ScoreItem"
import { ErrorItem } from "./ErrorItem"
import { Fold } from "./Fold"
import { MessageItem } from "./MessageItem"
import { ToolItem } from "./ToolItem"

export function ItemView({ item, traceId, model }: { item: Item; traceId: string; model: string | null }) {
  switch (item.type) {
    case "message":
      return <MessageItem item={item} model={model} traceId={traceId} />
    case "tool":
      return <ToolItem tool={item.tool} traceId={traceId} />
    case "error":
      return <ErrorItem error={item.error} traceId={traceId} />
    case "score":
      return <ScoreItem score={item.score} />
    case "reasoning":
      return <Reasoning text={item.text} />
    case "log":
      return <LogItem item={item} />
    case "silence":
      return <p className="text-small text-faint">No answer was recorded</p>
  }
}

function Reasoning({ text }: { text: string }) {
  return (
    <Fold
      icon={<Brain size={13} aria-hidden className="text-faint" />}
      label={<span className="text-secondary">Reasoning</span>}
      summary={oneLine(text, 140)}
    >
      <Markdown text={text} />
    </Fold>
  )
}

function LogItem({ item: { log, at } }: { item: Extract<Item, { type: "log" }> }) {
  return (
    <Fold
      icon={<ScrollText size={13} aria-hidden className="text-faint" />}
      label={<span className="text-secondary">{log.name || "log"}</span>}
      summary={oneLine(asText(log.body, 0), 140)}
      aside={<Clock at={at} />}
    >
      <Json value={log.body} label="log entry" />
    </Fold>
  )
}
