/** A conversation as Markdown, with what the page shows, to paste into a message or an issue. */
import type { Part, Score, Turn } from "../api/types"
import { asText, oneLine } from "../format/text"
import { clock, day, duration, moment } from "../format/time"
import { itemsOf, type Detail, type Item } from "./turns"

/** The title of the session, its address, and every turn. */
export function sessionMarkdown(title: string, address: string, turns: readonly Turn[], detail: Detail): string {
  return [`# ${oneLine(title, 200)}`, address, ...turns.map((turn) => turnMarkdown(turn, detail))].join("\n\n") + "\n"
}

/** One turn: a heading, then its messages, tool calls, errors and scores in order. */
export function turnMarkdown(turn: Turn, detail: Detail): string {
  const started = `${day(turn.started_at)}, ${clock(turn.started_at)}`
  const head = `## Turn ${turn.n} · ${started} · waited ${duration(turn.wait_ms)}`
  return [head, ...itemsOf(turn, detail).map(itemMarkdown)].filter(Boolean).join("\n\n")
}

function itemMarkdown(item: Item): string {
  switch (item.type) {
    case "message":
      return [`**${item.role}:**`, ...item.parts.map(partMarkdown), ...item.scores.map(scoreMarkdown)].join("\n\n")
    case "tool": {
      const { name, arguments: given, result, status, status_message: problem } = item.tool
      const failed = status === "error" ? ` failed${problem ? `: ${oneLine(problem)}` : ""}` : ""
      return [`**tool \`${name}\`**${failed}`, given !== null && fenced(given), result !== null && fenced(result)]
        .filter(Boolean)
        .join("\n\n")
    }
    case "reasoning":
      return quoted(`(reasoning) ${item.text}`)
    case "error":
      return `**error:** ${[item.error.type, item.error.message].filter(Boolean).join(": ")}`
    case "log":
      return `${moment(item.log.at)} ${item.log.name}\n\n${fenced(item.log.body)}`
    case "score":
      return scoreMarkdown(item.score)
    case "silence":
      return "*No answer was recorded.*"
  }
}

const partMarkdown = (part: Part): string => (part.type === "text" ? asText(part["content"]) : `*(${part.type})*`)

const scoreMarkdown = ({ name, label, value, comment }: Score): string =>
  quoted(`${name}: ${[label ?? asText(value), comment].filter(Boolean).join(" · ")}`)

const quoted = (text: string): string =>
  text
    .split("\n")
    .map((line) => `> ${line}`)
    .join("\n")

/** A code block whose fence is longer than any run of backticks inside. */
function fenced(value: unknown): string {
  const text = asText(value)
  const runs = [...text.matchAll(/`{3,}/g)].map(([run]) => run.length)
  const fence = "`".repeat(Math.max(2, ...runs) + 1)
  return `${fence}\n${text}\n${fence}`
}
