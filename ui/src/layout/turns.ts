/** A turn → the things that a reader sees, in the order in which they happened. */
import type { LogEntry, Part, Score, ToolUse, Turn, TurnError, TurnMessage } from "../api/types"
import { asText } from "../format/text"

/** 1: what people said; 2: tools as well; 3: everything. */
export type Density = "talk" | "tools" | "all"

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

/** What one turn shows at a density. Errors and feedback stand in every density. */
export function itemsOf(turn: Turn, density: Density): Item[] {
  const toolsByCall = new Map<string, ToolUse>()
  for (const tool of turn.tools) if (tool.call_id) toolsByCall.set(tool.call_id, tool)
  const shown = new Set<ToolUse>()
  const items: Item[] = []

  turn.new_messages.forEach((message, index) => items.push(...itemsOfMessage(message, index, toolsByCall, shown)))
  for (const tool of turn.tools) {
    if (!shown.has(tool))
      insertByTime(items, {
        type: "tool",
        key: `tool-${tool.span_id}-${items.length}`,
        tool,
        at: tool.at,
        orphan: true,
      })
  }
  const failedTools = new Set(turn.tools.filter((tool) => tool.status === "error").map((tool) => tool.span_id))
  for (const error of turn.errors) {
    // The tool's own line tells of its failure, except where tools are not shown.
    if (density !== "talk" && failedTools.has(error.span_id)) continue
    insertByTime(items, { type: "error", key: `error-${error.span_id}`, error, at: error.at })
  }
  for (const [index, log] of turn.logs.entries())
    insertByTime(items, { type: "log", key: `log-${index}`, log, at: log.at })
  placeScores(items, turn.scores)

  const visible = items.filter((item) => isVisible(item, density))
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
  message.parts.forEach((part, place) => {
    const key = `${index}-${place}`
    if (part.type === "tool_call") {
      speak()
      const tool = toolsByCall.get(String(part["id"] ?? "")) ?? askedFor(part, message)
      if (!shown.has(tool))
        items.push({ type: "tool", key: `tool-${key}`, tool, at: tool.at ?? message.at, orphan: false })
      shown.add(tool)
    } else if (part.type === "tool_call_response") {
      speak()
      const tool = toolsByCall.get(String(part["id"] ?? ""))
      if (tool && shown.has(tool)) return
      const answer = tool ?? answered(part, message)
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

// A tool that the model asked for and of which nothing else is known.
const askedFor = (part: Part, message: TurnMessage): ToolUse => ({
  name: String(part["name"] ?? "tool"),
  call_id: null,
  span_id: message.span_id,
  arguments: part["arguments"] ?? null,
  result: null,
  status: "unset",
  status_message: null,
  at: message.at,
  duration_ms: null,
})

const answered = (part: Part, message: TurnMessage): ToolUse => ({
  name: String(part["name"] ?? "tool"),
  call_id: null,
  span_id: message.span_id,
  arguments: null,
  result: part["response"] ?? part["result"] ?? part["content"] ?? null,
  status: "unset",
  status_message: null,
  at: message.at,
  duration_ms: null,
})

// Messages keep their order, whatever their times say; other things go before the first message that is later than they.
function insertByTime(items: Item[], item: Item & { at: string | null }): void {
  if (item.at === null) {
    items.push(item)
    return
  }
  const at = Date.parse(item.at)
  let place = items.length
  while (place > 0) {
    const before = items[place - 1]!
    const time = "at" in before && before.at !== null ? Date.parse(before.at) : NaN
    if (Number.isNaN(time) || time <= at) break
    place -= 1
  }
  items.splice(place, 0, item)
}

// Feedback stands on the answer that it judged: the last message of its span, else the turn's last answer, else at the end.
function placeScores(items: Item[], scores: readonly Score[]): void {
  const answers = items.filter((item) => item.type === "message" && item.role === "assistant" && !item.inner)
  for (const score of scores) {
    const own = answers.filter((item) => item.type === "message" && item.spanId === score.span_id).at(-1)
    const place = own ?? answers.at(-1)
    if (place?.type === "message") place.scores.push(score)
    else items.push({ type: "score", key: `score-${score.score_id}`, score, at: score.at })
  }
}

function isVisible(item: Item, density: Density): boolean {
  if (density === "all") return true
  if (item.type === "log" || item.type === "reasoning") return false
  if (item.type === "message" && item.inner) return false
  if (item.type === "message" && (item.role === "system" || item.role === "developer")) return false
  return item.type !== "tool" || density === "tools"
}

/** One line that stands for a turn in the list of turns: what the person said, else the turn's name. */
export function titleOf(turn: Turn): string {
  const asked = turn.new_messages.find((message) => message.role === "user" && !message.inner)
  const text = asked?.parts
    .map((part) => (part.type === "text" ? asText(part["content"]) : ""))
    .join(" ")
    .trim()
  return text || turn.name
}
