/** Anthropic messages: https://docs.anthropic.com/en/api/messages. */

import { finishedMessage, outputTypeOf } from "./openai_chat.js"
import {
  type Answer,
  argumentsOf,
  count,
  errorOf,
  list,
  type Loose,
  type Message,
  type Part,
  sum,
  type Usage,
  userOf,
  type Wire,
} from "./_reading.js"

/** Messages, whole and streamed; also where Vertex serves them. */
export const anthropicMessages: Wire = {
  recognises: (path) => path.endsWith("/v1/messages") || /\/publishers\/anthropic\/.*:(streamR|r)awPredict$/.test(path),
  read(request, answer, path) {
    const message = answer.events.length > 0 ? fromEvents(answer) : (answer.body ?? {})
    const isMessage = message["type"] === "message"
    const finish: unknown = message["stop_reason"]
    return {
      operation: "chat",
      stream: request["stream"] === true,
      request: {
        model: request["model"] ?? /\/models\/([^:/]+)/.exec(path)?.[1],
        temperature: count(request["temperature"]),
        topP: count(request["top_p"]),
        topK: count(request["top_k"]),
        maxTokens: count(request["max_tokens"]),
        stop: request["stop_sequences"] ?? undefined,
      },
      system: request["system"] ? contentOf(request["system"]) : undefined,
      tools: list(request["tools"]).map(toolOf),
      input: list(request["messages"]).map(messageOf),
      output:
        isMessage && list(message["content"]).length > 0
          ? [finishedMessage("assistant", contentOf(message["content"]), finish)]
          : [],
      outputType: outputTypeOf(request["output_config"]?.["format"] ?? request["output_format"]),
      responseId: message["id"],
      responseModel: message["model"],
      finishReasons: finish ? [String(finish)] : [],
      usage: usageOf(message["usage"]),
      user: userOf(request, ["metadata.user_id"]),
      error: errorOf(
        answer.events.find((one) => one.data["type"] === "error")?.data ?? (isMessage ? undefined : answer.body),
        answer.status,
      ),
      finished: Boolean(finish),
    }
  },
}

/** A message of the request; what a tool gave back comes in the user's message and is the tool's. */
export function messageOf(message: Loose): Message {
  const parts = contentOf(message["content"])
  const isResult = parts.length > 0 && parts.every((part) => part.type === "tool_call_response")
  return { role: isResult ? "tool" : String(message["role"] ?? "user"), parts }
}

/** Content, text or blocks, as parts. */
export function contentOf(content: unknown): Part[] {
  if (typeof content === "string") return [{ type: "text", content }]
  return list(content).map(blockOf)
}

/** Counts are disjoint here: what came from the cache is added to the input. */
export function usageOf(usage: Loose | undefined): Usage | undefined {
  if (!usage) return undefined
  return {
    input: sum(usage["input_tokens"], usage["cache_read_input_tokens"], usage["cache_creation_input_tokens"]),
    output: count(usage["output_tokens"]),
    cacheRead: count(usage["cache_read_input_tokens"]),
    cacheWrite: count(usage["cache_creation_input_tokens"]),
    reasoning: count(usage["output_tokens_details"]?.["thinking_tokens"]),
  }
}

function blockOf(block: Loose): Part {
  switch (block["type"]) {
    case "text":
      return { type: "text", content: block["text"] }
    case "thinking":
      return { type: "reasoning", content: block["thinking"] }
    case "redacted_thinking":
      return { type: "reasoning", content: "" }
    case "tool_use":
    case "server_tool_use":
    case "mcp_tool_use":
      return { type: "tool_call", id: block["id"], name: block["name"], arguments: argumentsOf(block["input"]) }
    case "image":
    case "document":
      return sourceOf(block)
  }
  if (String(block["type"]).endsWith("tool_result")) {
    const content: unknown = block["content"]
    const texts = list(content).every((one) => one["type"] === "text")
    const response =
      Array.isArray(content) && texts
        ? list(content)
            .map((one) => String(one["text"]))
            .join("")
        : content
    return {
      type: "tool_call_response",
      id: block["tool_use_id"],
      response: typeof response === "string" ? argumentsOf(response) : response,
    }
  }
  return { ...block, type: String(block["type"] ?? "unknown") }
}

function sourceOf(block: Loose): Part {
  const source = (block["source"] ?? {}) as Loose
  const modality = block["type"] === "image" ? "image" : "file"
  switch (source["type"]) {
    case "base64":
      return { type: "blob", modality, mime_type: source["media_type"], content: source["data"] }
    case "url":
      return { type: "uri", modality, uri: source["url"] }
    case "file":
      return { type: "file", file_id: source["file_id"] }
    case "text":
      return { type: "text", content: source["data"] }
  }
  return { ...block, type: String(block["type"]) }
}

function toolOf(tool: Loose): Loose {
  const { input_schema: parameters, type, ...others } = tool
  return {
    type: type === undefined || type === "custom" ? "function" : type,
    ...others,
    ...(parameters && { parameters }),
  }
}

/** The message of a stream, put together from its events; counts of a later event replace those of an earlier. */
function fromEvents(answer: Answer): Loose {
  const blocks: Loose[] = []
  let message: Loose = { type: "message", content: blocks }
  for (const { data } of answer.events) {
    const block = blocks[Number(data["index"])]
    switch (data["type"]) {
      case "message_start":
        message = { ...data["message"], content: blocks }
        break
      case "content_block_start":
        blocks[Number(data["index"])] = { ...data["content_block"] }
        break
      case "content_block_delta":
        if (block) extend(block, (data["delta"] ?? {}) as Loose)
        break
      case "message_delta":
        message = { ...message, ...data["delta"], usage: { ...message["usage"], ...known(data["usage"]) } }
        break
    }
  }
  for (const block of blocks) if (block?.["json"] !== undefined) block["input"] = argumentsOf(block["json"])
  message["content"] = blocks.filter(Boolean)
  return message
}

function extend(block: Loose, delta: Loose): void {
  switch (delta["type"]) {
    case "text_delta":
      block["text"] = (block["text"] ?? "") + delta["text"]
      break
    case "thinking_delta":
      block["thinking"] = (block["thinking"] ?? "") + delta["thinking"]
      break
    case "input_json_delta":
      block["json"] = (block["json"] ?? "") + delta["partial_json"]
      break
  }
}

const known = (usage: Loose | undefined): Loose =>
  Object.fromEntries(Object.entries(usage ?? {}).filter(([, value]) => value !== null && value !== undefined))
