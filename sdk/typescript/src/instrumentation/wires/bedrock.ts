/** The Converse form of Bedrock, whole and streamed. Pure. */

import { finishedMessage } from "./openai_chat.js"
import {
  type Answer,
  argumentsOf,
  count,
  list,
  type Loose,
  type Message,
  type Part,
  type Reading,
  sum,
  userOf,
} from "./_reading.js"

/** Read a Converse call. */
export function readConverse(request: Loose, answer: Answer): Reading {
  const message = answer.events.length > 0 ? fromEvents(answer) : (answer.body ?? {})
  const config = (request["inferenceConfig"] ?? {}) as Loose
  const usage = message["usage"] as Loose | undefined
  const said = message["output"]?.["message"] as Loose | undefined
  const finish: unknown = message["stopReason"]
  return {
    operation: "chat",
    request: {
      model: request["modelId"] ?? request["model"],
      temperature: count(config["temperature"]),
      topP: count(config["topP"]),
      maxTokens: count(config["maxTokens"] ?? config["max_new_tokens"]),
      stop: config["stopSequences"] ?? undefined,
    },
    system: list(request["system"]).map(partOf),
    tools: list(request["toolConfig"]?.["tools"]).map(toolOf),
    input: list(request["messages"]).map(messageOf),
    output: said ? [finishedMessage("assistant", list(said["content"]).map(partOf), finish)] : [],
    finishReasons: finish ? [String(finish)] : [],
    usage: usage && {
      // Disjoint here, like Anthropic's own.
      input: sum(usage["inputTokens"], usage["cacheReadInputTokens"], usage["cacheWriteInputTokens"]),
      output: count(usage["outputTokens"]),
      cacheRead: count(usage["cacheReadInputTokens"]),
      cacheWrite: count(usage["cacheWriteInputTokens"]),
    },
    user: userOf(request, ["requestMetadata.user_id", "requestMetadata.userId", "requestMetadata.user"]),
    finished: Boolean(finish),
  }
}

function messageOf(message: Loose): Message {
  const parts = list(message["content"]).map(partOf)
  const isResult = parts.length > 0 && parts.every((part) => part.type === "tool_call_response")
  return { role: isResult ? "tool" : String(message["role"]), parts }
}

function partOf(block: Loose): Part {
  if (typeof block["text"] === "string") return { type: "text", content: block["text"] }
  const use = block["toolUse"] as Loose | undefined
  if (use) return { type: "tool_call", id: use["toolUseId"], name: use["name"], arguments: argumentsOf(use["input"]) }
  const result = block["toolResult"] as Loose | undefined
  if (result) {
    const contents = list(result["content"])
    const response: unknown =
      contents.length === 1 ? (contents[0]!["json"] ?? contents[0]!["text"] ?? contents[0]) : contents
    return { type: "tool_call_response", id: result["toolUseId"], response }
  }
  const reasoning = block["reasoningContent"] as Loose | undefined
  if (reasoning) return { type: "reasoning", content: reasoning["reasoningText"]?.["text"] ?? reasoning["text"] ?? "" }
  for (const modality of ["image", "document", "video", "audio"]) {
    const file = block[modality] as Loose | undefined
    if (!file) continue
    const place: unknown = file["source"]?.["s3Location"]?.["uri"]
    if (typeof place === "string") return { type: "uri", modality, uri: place }
    return {
      type: "blob",
      modality,
      mime_type: `${modality}/${file["format"]}`,
      content: String(file["source"]?.["bytes"] ?? ""),
    }
  }
  return { type: Object.keys(block)[0] ?? "unknown", ...block }
}

function toolOf(tool: Loose): Loose {
  const described = tool["toolSpec"] as Loose | undefined
  if (!described) return { type: Object.keys(tool)[0] ?? "unknown" }
  const { inputSchema, ...others } = described
  return { type: "function", ...others, parameters: inputSchema?.["json"] }
}

function fromEvents(answer: Answer): Loose {
  const blocks: Loose[] = []
  let stopReason: unknown
  let usage: unknown
  for (const { data } of answer.events) {
    const at = Number(
      data["contentBlockStart"]?.["contentBlockIndex"] ?? data["contentBlockDelta"]?.["contentBlockIndex"] ?? 0,
    )
    const started = data["contentBlockStart"]?.["start"]?.["toolUse"] as Loose | undefined
    if (started) blocks[at] = { toolUse: { ...started, input: "" } }
    const delta = data["contentBlockDelta"]?.["delta"] as Loose | undefined
    if (delta) extend((blocks[at] ??= {}), delta)
    stopReason = data["messageStop"]?.["stopReason"] ?? stopReason
    usage = data["metadata"]?.["usage"] ?? usage
  }
  return { output: { message: { content: blocks.filter(Boolean) } }, stopReason, usage }
}

function extend(block: Loose, delta: Loose): void {
  if (typeof delta["text"] === "string") block["text"] = (block["text"] ?? "") + delta["text"]
  else if (delta["toolUse"]) block["toolUse"]["input"] += delta["toolUse"]["input"] ?? ""
  else if (typeof delta["reasoningContent"]?.["text"] === "string") {
    const soFar = (block["reasoningContent"] ??= { reasoningText: { text: "" } }) as Loose
    soFar["reasoningText"]["text"] += delta["reasoningContent"]["text"]
  }
}
