/** A turn → the items that a reader sees, in the order in which they happened. */
import type { LogEntry, Part, Score, ToolUse, Turn, TurnError, TurnMessage } from "../api/types"
import { asText } from "../format/text"

/** How much of a conversation is shown: its messages, tool calls as well, or everything. */
export type Detail = "talk" | "tools" | "all"

export type Item =
  | {
      type: "message"
      key: string
      role: string
      parts: Part[]
      at: string
      spanId: string
      inner: boolean
      scores: Score[]
      finishReason: string | null
    }
  | { type: "tool"; key: string; tool: ToolUse; at: string | null; orphan: boolean }
  | { type: "reasoning"; key: string; text: string; at: string }
  | { type: "error"; key: string; error: TurnError; at: string }
  | { type: "log"; key: string; log: LogEntry; at: string }
  | { type: "score"; key: string; score: Score; at: string }
  | { type: "silence"; key: string }

/** The items of a turn at a level of detail. Errors and feedback are always shown. */
export function itemsOf(turn: Turn, detail: Detail): Item[] {
  const toolsByCall = new Map<string, ToolUse>()
  for (const tool of turn.tools) if (tool.call_id) toolsByCall.set(tool.call_id, tool)
  const shown = new Set<ToolUse>()
  const items: Item[] = []

  turn.new_messages.forEach((message, index) => items.push(...itemsOfMessage(message, index, toolsByCall, shown)))
  for (const tool of turn.tools) {
    if (shown.has(tool)) continue
    const key = `tool-${tool.span_id}-${items.length}`
    insertByTime(items, { type: "tool", key, tool, at: tool.at, orphan: true })
  }
  const failedTools = new Set(turn.tools.filter((tool) => tool.status === "error").map((tool) => tool.span_id))
  for (const error of turn.errors) {
    // The tool's own item shows its failure, unless tools are hidden.
    if (detail !== "talk" && failedTools.has(error.span_id)) continue
    insertByTime(items, { type: "error", key: `error-${error.span_id}`, error, at: error.at })
  }
  turn.logs.forEach((log, index) => insertByTime(items, { type: "log", key: `log-${index}`, log, at: log.at }))
  placeScores(items, turn.scores)

  const visible = items.filter((item) => isVisible(item, detail))
  const answered = visible.some((item) => item.type === "message" && item.role === "assistant")
  const asked = visible.some((item) => item.type === "message" && item.role === "user")
  const failed = visible.some((item) => item.type === "error")
  if (asked && !answered && !failed) visible.push({ type: "silence", key: "silence" })
  return visible
}

function itemsOfMessage(
  message: TurnMessage,
  index: number,
  toolsByCall: Map<string, ToolUse>,
  shown: Set<ToolUse>,
): Item[] {
  const items: Item[] = []
  let spoken: Part[] = []
  const speak = (): void => {
    if (spoken.length === 0) return
    items.push({
      type: "message",
      key: `message-${index}-${items.length}`,
      role: message.role,
      parts: spoken,
      at: message.at,
      spanId: message.span_id,
      inner: message.inner,
      scores: [],
      finishReason: message.finish_reason ?? null,
    })
    spoken = []
  }
  message.parts.forEach((part, partIndex) => {
    const key = `${index}-${partIndex}`
    if (part.type === "tool_call") {
      speak()
      const tool =
        toolsByCall.get(String(part["id"] ?? "")) ?? toolOf(part, message, { arguments: part["arguments"] ?? null })
      if (!shown.has(tool))
        items.push({ type: "tool", key: `tool-${key}`, tool, at: tool.at ?? message.at, orphan: false })
      shown.add(tool)
    } else if (part.type === "tool_call_response") {
      speak()
      const tool = toolsByCall.get(String(part["id"] ?? ""))
      if (tool && shown.has(tool)) return
      const result = part["response"] ?? part["result"] ?? part["content"] ?? null
      const answer = tool ?? toolOf(part, message, { result })
      shown.add(answer)
      items.push({ type: "tool", key: `tool-${key}`, tool: answer, at: answer.at ?? message.at, orphan: !tool })
    } else if (part.type === "reasoning") {
      speak()
      items.push({ type: "reasoning", key: `reasoning-${key}`, text: asText(part["content"]), at: message.at })
    } else if (part.type !== "text" || asText(part["content"]).trim() !== "") {
      spoken.push(part)
    }
  })
  speak()
  return items
}

// A tool that appears only in messages, as a call or as a result.
const toolOf = (part: Part, message: TurnMessage, known: Partial<ToolUse>): ToolUse => ({
  name: String(part["name"] ?? "tool"),
  call_id: null,
  span_id: message.span_id,
  arguments: null,
  result: null,
  status: "unset",
  status_message: null,
  at: message.at,
  duration_ms: null,
  ...known,
})

// Messages keep their order, whatever their times say; every other item goes before the first later message.
function insertByTime(items: Item[], item: Item & { at: string | null }): void {
  if (item.at === null) {
    items.push(item)
    return
  }
  const at = Date.parse(item.at)
  let index = items.length
  while (index > 0) {
    const before = items[index - 1]!
    const time = "at" in before && before.at !== null ? Date.parse(before.at) : NaN
    if (Number.isNaN(time) || time <= at) break
    index -= 1
  }
  items.splice(index, 0, item)
}

// A score is shown on the answer that it judges: the last message of its span, else the turn's last answer. Without an
// answer it is an item of its own.
function placeScores(items: Item[], scores: readonly Score[]): void {
  const answers = items.filter((item) => item.type === "message" && item.role === "assistant" && !item.inner)
  for (const score of scores) {
    const own = answers.filter((item) => item.type === "message" && item.spanId === score.span_id).at(-1)
    const answer = own ?? answers.at(-1)
    if (answer?.type === "message") answer.scores.push(score)
    else items.push({ type: "score", key: `score-${score.score_id}`, score, at: score.at })
  }
}

function isVisible(item: Item, detail: Detail): boolean {
  if (detail === "all") return true
  if (item.type === "log" || item.type === "reasoning") return false
  if (item.type === "message" && item.inner) return false
  if (item.type === "message" && (item.role === "system" || item.role === "developer")) return false
  return item.type !== "tool" || detail === "tools"
}

/** The title of a turn in the list of turns: the user's message, else the turn's name. */
export function titleOf(turn: Turn): string {
  const asked = turn.new_messages.find((message) => message.role === "user" && !message.inner)
  const text = asked?.parts
    .map((part) => (part.type === "text" ? asText(part["content"]) : ""))
    .join(" ")
    .trim()
  return text || turn.name
}
