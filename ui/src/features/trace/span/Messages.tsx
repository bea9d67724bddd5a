import type { Message, Score, Span } from "../../../api/types"
import { join } from "../../../components/classes"
import { Json } from "../../../components/text/Json"
import { Visible } from "../../../components/text/Visible"
import { count } from "../../../format/number"
import { moment } from "../../../format/time"
import { MessageParts } from "../../conversation/items/MessageParts"
import { ScoreItem } from "../../score/ScoreItem"
import { Block } from "./Facts"

/** What went into a span and what came out, its scores and its events. */
export function Messages({ span, scores }: { span: Span; scores: Score[] }) {
  const hasMessages = span.input_messages.length > 0 || span.output_messages.length > 0
  return (
    <div className="flex flex-col gap-4">
      {scores.map((score) => (
        <ScoreItem key={score.score_id} score={score} />
      ))}
      {span.input_messages.length > 0 && <MessageList title="Input" messages={span.input_messages} />}
      {span.output_messages.length > 0 && <MessageList title="Output" messages={span.output_messages} />}
      {span.tool && (
        <>
          <JsonBlock title="Arguments" value={span.tool.arguments} />
          <JsonBlock title="Result" value={span.tool.result} />
        </>
      )}
      {!hasMessages && !span.tool && (
        <>
          <JsonBlock title="Input" value={span.input} />
          <JsonBlock title="Output" value={span.output} />
        </>
      )}
      {span.events.length > 0 && (
        <Block title="Events">
          <ol className="flex flex-col gap-2">
            {span.events.map((event, index) => (
              <Event key={index} event={event} />
            ))}
          </ol>
        </Block>
      )}
    </div>
  )
}

const JsonBlock = ({ title, value }: { title: string; value: unknown }) => (
  <Block title={title}>
    <Json value={value} label={title.toLowerCase()} />
  </Block>
)

const item = "rounded-control border border-hairline px-3 py-2"

function MessageList({ title, messages }: { title: string; messages: readonly Message[] }) {
  return (
    <Block title={title} note={messages.length > 1 ? `${count(messages.length)} messages` : undefined}>
      <ol className="flex flex-col gap-2">
        {messages.map((message, index) => (
          <li key={index} className={join(item, message.role === "user" && "bg-selected")}>
            <p className="mb-1 flex gap-2 text-label text-faint">
              <span className="font-medium text-secondary">{message.role}</span>
              {message.finish_reason && <span>finish reason: {message.finish_reason}</span>}
            </p>
            <MessageParts parts={message.parts} plain={message.role !== "assistant"} />
          </li>
        ))}
      </ol>
    </Block>
  )
}

function Event({ event: { name, at, attributes } }: { event: Span["events"][number] }) {
  return (
    <li className={item}>
      <p className="flex gap-3">
        <span className="font-medium">
          <Visible text={name} />
        </span>
        <time dateTime={at} className="ml-auto text-label text-faint">
          {moment(at)}
        </time>
      </p>
      {Object.keys(attributes).length > 0 && <Json value={attributes} label="event" open={1} />}
    </li>
  )
}
