/** The OpenAI Responses protocol: https://platform.openai.com/docs/api-reference/responses. */

import { common, finishedMessage, outputTypeOf, toolOf } from "./openai_chat.js"
import {
  type Answer,
  argumentsOf,
  completed,
  count,
  errorOf,
  fileAt,
  list,
  type Loose,
  type Message,
  type Part,
  type Wire,
} from "./_reading.js"

/** Responses, whole and streamed. */
export const openaiResponses: Wire = {
  recognises: (path) => path.endsWith("/responses"),
  read(request, answer) {
    const response = answer.events.length > 0 ? fromEvents(answer) : (answer.body ?? {})
    const conversation = request["conversation"] as string | Loose | undefined
    const usage = response["usage"] as Loose | undefined
    const reason: unknown = response["incomplete_details"]?.["reason"] ?? finishOf(response)
    const shared = common(request, answer, "chat")
    shared.request.previousResponse = request["previous_response_id"] ?? undefined
    return completed(shared, {
      conversation: typeof conversation === "string" ? conversation : conversation?.["id"],
      system:
        typeof request["instructions"] === "string" ? [{ type: "text", content: request["instructions"] }] : undefined,
      tools: list(request["tools"]).map(toolOf),
      input: inputOf(request["input"]),
      output: outputOf(list(response["output"]), reason),
      outputType: outputTypeOf(request["text"]?.["format"]),
      responseId: response["id"],
      responseModel: response["model"],
      finishReasons: reason ? [String(reason)] : [],
      usage: usage && {
        input: count(usage["input_tokens"]),
        output: count(usage["output_tokens"]),
        cacheRead: count(usage["input_tokens_details"]?.["cached_tokens"]),
        reasoning: count(usage["output_tokens_details"]?.["reasoning_tokens"]),
      },
      error: errorOfResponse(response, answer),
      finished: ["completed", "incomplete", "failed"].includes(String(response["status"])),
    })
  },
}

function inputOf(input: unknown): Message[] {
  if (typeof input === "string") return [{ role: "user", parts: [{ type: "text", content: input }] }]
  return list(input).map((item) => {
    const role = item["role"] === "developer" ? "system" : item["role"]
    switch (item["type"] ?? "message") {
      case "message":
        return { role: String(role ?? "user"), parts: contentOf(item["content"]) }
      case "function_call_output":
      case "custom_tool_call_output":
        return {
          role: "tool",
          parts: [{ type: "tool_call_response", id: item["call_id"], response: argumentsOf(item["output"]) }],
        }
    }
    return { role: "assistant", parts: itemParts(item) }
  })
}

/** What the model said is one message, however many items it came in. */
function outputOf(items: readonly Loose[], reason: unknown): Message[] {
  const parts = items.flatMap((item) => (item["type"] === "message" ? contentOf(item["content"]) : itemParts(item)))
  return parts.length > 0 ? [finishedMessage("assistant", parts, reason)] : []
}

function itemParts(item: Loose): Part[] {
  switch (item["type"]) {
    case "function_call":
    case "custom_tool_call":
      return [
        {
          type: "tool_call",
          id: item["call_id"],
          name: item["name"],
          arguments: argumentsOf(item["arguments"] ?? item["input"]),
        },
      ]
    case "reasoning": {
      const thoughts = [...list(item["summary"]), ...list(item["content"])]
      return thoughts.map((one) => ({ type: "reasoning", content: one["text"] }))
    }
  }
  return [{ ...item, type: String(item["type"] ?? "unknown") }]
}

function contentOf(content: unknown): Part[] {
  if (typeof content === "string") return [{ type: "text", content }]
  return list(content).map((part) => {
    switch (part["type"]) {
      case "input_text":
      case "output_text":
      case "text":
        return { type: "text", content: part["text"] }
      case "refusal":
        return { type: "text", content: part["refusal"] }
      case "input_image":
        return part["file_id"] ? { type: "file", file_id: part["file_id"] } : fileAt(String(part["image_url"]), "image")
      case "input_file":
        if (part["file_id"]) return { type: "file", file_id: part["file_id"] }
        return fileAt(String(part["file_url"] ?? part["file_data"] ?? ""), "file")
      case "input_audio":
        return {
          type: "blob",
          modality: "audio",
          mime_type: `audio/${part["input_audio"]?.["format"]}`,
          content: part["input_audio"]?.["data"],
        }
    }
    return { ...part, type: String(part["type"] ?? "unknown") }
  })
}

/** The response as its last event has it, else put together from what was read of it. */
function fromEvents(answer: Answer): Loose {
  const data = answer.events.map((one) => one.data)
  const last = data.findLast((one) =>
    ["response.completed", "response.incomplete", "response.failed"].includes(String(one["type"])),
  )
  if (last) return last["response"] as Loose
  const begun = (data.find((one) => one["response"])?.["response"] ?? {}) as Loose
  const items: Loose[] = []
  for (const event of data) {
    const at = Number(event["output_index"] ?? 0)
    if (event["type"] === "response.output_item.added") items[at] = { ...event["item"], content: [], arguments: "" }
    const item = items[at]
    if (!item) continue
    if (event["type"] === "response.output_text.delta" || event["type"] === "response.refusal.delta") {
      const part = (item["content"][Number(event["content_index"] ?? 0)] ??= { type: "output_text", text: "" }) as Loose
      part["text"] += event["delta"]
    } else if (event["type"] === "response.function_call_arguments.delta") item["arguments"] += event["delta"]
    else if (event["type"] === "response.output_item.done") items[at] = event["item"] as Loose
  }
  return { ...begun, output: items.filter(Boolean), status: undefined, usage: undefined }
}

/** The Responses protocol names no reason for a plain end; the words of the chat protocol are used. */
function finishOf(response: Loose): string | undefined {
  if (response["status"] !== "completed") return undefined
  const called = list(response["output"]).some(
    (item) => item["type"] === "function_call" || item["type"] === "custom_tool_call",
  )
  return called ? "tool_calls" : "stop"
}

function errorOfResponse(response: Loose, answer: Answer): ReturnType<typeof errorOf> {
  const event = answer.events.find((one) => one.data["type"] === "error")?.data
  if (event) return errorOf({ error: event["error"] ?? event }, answer.status)
  return errorOf(answer.events.length > 0 ? response : answer.body, answer.status)
}
