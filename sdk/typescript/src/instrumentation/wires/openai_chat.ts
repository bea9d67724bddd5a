/**
 * OpenAI's chat completions, which hundreds of hosts speak: https://platform.openai.com/docs/api-reference/chat.
 * Mistral's chat protocol is the same with a few words more.
 */

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
  type Reading,
  type Usage,
  userOf,
  type Wire,
} from "./_reading.js"

/** Fields that name an end user, the newest first; DeepSeek's is `user_id`. */
export const USER_FIELDS = ["safety_identifier", "user", "user_id", "metadata.user_id"]

/** Chat completions. */
export const openaiChat: Wire = {
  recognises: (path) => path.endsWith("/chat/completions") || path.endsWith("/agents/completions"),
  read(request, answer) {
    const streamed = answer.events.length > 0
    const pieces = answer.events.map((one) => one.data)
    const chosen = streamed ? joinChoices(pieces) : list(answer.body?.["choices"])
    const head = streamed ? lastWith(pieces, "id") : answer.body
    const usage = streamed ? lastWith(pieces, "usage") : answer.body
    return completed(common(request, answer, "chat"), {
      tools: [...list(request["tools"]), ...list(request["functions"])].map(toolOf),
      input: list(request["messages"]).map(messageOf),
      output: chosen.map((choice) => outputOf(choice)),
      finishReasons: finishReasonsOf(chosen),
      outputType: outputTypeOf(request["response_format"]),
      responseId: head?.["id"],
      responseModel: head?.["model"],
      usage: usageOf(usage?.["usage"] ?? usage?.["x_groq"]?.["usage"]),
      finished: chosen.length > 0 && chosen.every((choice) => choice["finish_reason"]),
    })
  },
}

/** What the requests of this house have in common. */
export function common(request: Loose, answer: Answer, operation: string): Reading {
  const failed = answer.events.find((one) => one.data["error"])?.data ?? answer.body
  return {
    operation,
    stream: request["stream"] === true || request["stream"] === "true",
    request: {
      model: request["model"],
      temperature: count(request["temperature"]),
      topP: count(request["top_p"]),
      topK: count(request["top_k"]),
      maxTokens: count(request["max_completion_tokens"] ?? request["max_output_tokens"] ?? request["max_tokens"]),
      frequencyPenalty: count(request["frequency_penalty"]),
      presencePenalty: count(request["presence_penalty"]),
      stop: request["stop"] ?? undefined,
      seed: count(request["seed"] ?? request["random_seed"]),
      choices: count(request["n"]),
    },
    user: userOf(request, USER_FIELDS),
    error: errorOf(failed, answer.status),
  }
}

/** A message of the request in parts. */
export function messageOf(message: Loose): Message {
  const role = String(message["role"] ?? "user")
  const parts = contentOf(message["content"])
  if (role === "tool" || role === "function") {
    const response = parts.every((part) => part.type === "text")
      ? parts.map((part) => String(part["content"])).join("")
      : parts
    const id: unknown = message["tool_call_id"] ?? message["name"]
    return { role: "tool", parts: [{ type: "tool_call_response", id, response: argumentsOf(response) }] }
  }
  return {
    role: role === "developer" ? "system" : role,
    parts: [...reasoningOf(message), ...parts, ...callsOf(message)],
  }
}

/** Usage with its parts; the totals include them already. */
export function usageOf(usage: Loose | null | undefined): Usage | undefined {
  if (!usage) return undefined
  return {
    input: count(usage["prompt_tokens"]),
    output: count(usage["completion_tokens"]),
    cacheRead: count(usage["prompt_tokens_details"]?.["cached_tokens"] ?? usage["prompt_cache_hit_tokens"]),
    reasoning: count(usage["completion_tokens_details"]?.["reasoning_tokens"]),
  }
}

/** A tool that is offered, with the fields of a function on one level. */
export function toolOf(tool: Loose): Loose {
  const described = (tool["function"] ?? tool) as Loose
  return { type: tool["type"] ?? "function", ...described }
}

/** `json` where the answer has to be JSON. */
export function outputTypeOf(format: Loose | undefined): string | undefined {
  const type: unknown = format?.["type"]
  return type === "json_object" || type === "json_schema" ? "json" : undefined
}

/** The content of a message, text or parts, as parts. */
function contentOf(content: unknown): Part[] {
  if (typeof content === "string") return content === "" ? [] : [text(content)]
  return list(content).map(partOf)
}

function partOf(part: Loose): Part {
  switch (part["type"]) {
    case "text":
      return text(part["text"])
    case "refusal":
      return text(part["refusal"])
    case "image_url":
      return fileAt(String(part["image_url"]?.["url"] ?? part["image_url"]), "image")
    case "input_audio":
      return {
        type: "blob",
        modality: "audio",
        mime_type: `audio/${part["input_audio"]?.["format"]}`,
        content: part["input_audio"]?.["data"],
      }
    case "file":
      if (part["file"]?.["file_id"]) return { type: "file", file_id: part["file"]["file_id"] }
      return fileAt(String(part["file"]?.["file_data"] ?? ""), "file")
    case "thinking":
      return {
        type: "reasoning",
        content:
          list(part["thinking"])
            .map((one) => one["text"])
            .join("") || part["thinking"],
      }
  }
  return { type: "unknown", ...part }
}

function reasoningOf(message: Loose): Part[] {
  const content: unknown = message["reasoning_content"] ?? message["reasoning"]
  return typeof content === "string" && content !== "" ? [{ type: "reasoning", content }] : []
}

function callsOf(message: Loose): Part[] {
  const legacy = message["function_call"] as Loose | undefined
  const calls = list(message["tool_calls"]).map((call) => {
    const called = (call["function"] ?? call["custom"] ?? {}) as Loose
    const given: unknown = called["arguments"] ?? called["input"]
    return { type: "tool_call", id: call["id"], name: called["name"], arguments: argumentsOf(given) }
  })
  if (legacy?.["name"])
    calls.push({ type: "tool_call", id: undefined, name: legacy["name"], arguments: argumentsOf(legacy["arguments"]) })
  return calls
}

function outputOf(choice: Loose): Message {
  const message = (choice["message"] ?? {}) as Loose
  const parts = [
    ...reasoningOf(message),
    ...contentOf(message["content"]),
    ...contentOf(message["refusal"]),
    ...callsOf(message),
  ]
  const audio = message["audio"] as Loose | undefined
  if (audio?.["transcript"]) parts.push(text(audio["transcript"]))
  return finishedMessage(String(message["role"] ?? "assistant"), parts, choice["finish_reason"])
}

/** The choices of a stream, put together from their pieces. */
function joinChoices(pieces: readonly Loose[]): Loose[] {
  const choices = new Map<number, Loose>()
  for (const piece of pieces) {
    for (const choice of list(piece["choices"])) {
      const index = Number(choice["index"] ?? 0)
      const soFar = choices.get(index) ?? { message: { role: "assistant", content: "", tool_calls: [] } }
      choices.set(index, soFar)
      const delta = (choice["delta"] ?? choice["message"] ?? {}) as Loose
      join(soFar["message"] as Loose, delta)
      soFar["finish_reason"] = choice["finish_reason"] ?? soFar["finish_reason"]
    }
  }
  return [...choices.values()]
}

function join(message: Loose, delta: Loose): void {
  if (delta["role"]) message["role"] = delta["role"]
  if (Array.isArray(delta["content"])) message["content"] = [...list(message["content"]), ...delta["content"]]
  for (const field of ["content", "refusal", "reasoning_content", "reasoning"]) {
    if (typeof delta[field] === "string") message[field] = (message[field] ?? "") + delta[field]
  }
  if (delta["function_call"]) {
    const call = (message["function_call"] ??= { name: "", arguments: "" }) as Loose
    call["name"] += delta["function_call"]["name"] ?? ""
    call["arguments"] += delta["function_call"]["arguments"] ?? ""
  }
  for (const piece of list(delta["tool_calls"])) {
    const calls = message["tool_calls"] as Loose[]
    const at = Number(piece["index"] ?? calls.length)
    const call = (calls[at] ??= { id: undefined, function: { name: "", arguments: "" } })
    call["id"] ??= piece["id"]
    call["function"]["name"] += piece["function"]?.["name"] ?? ""
    const given: unknown = piece["function"]?.["arguments"]
    if (typeof given === "string") call["function"]["arguments"] += given
    else if (given) call["function"]["arguments"] = given
  }
}

function finishReasonsOf(choices: readonly Loose[]): string[] {
  return choices.filter((choice) => choice["finish_reason"]).map((choice) => String(choice["finish_reason"]))
}

/** A message with the reason why it ended, where one is known. */
export function finishedMessage(role: string, parts: Part[], finish: unknown): Message {
  return finish ? { role, parts, finish_reason: String(finish) } : { role, parts }
}

/** The last of the pieces that has this field. */
export function lastWith(pieces: readonly Loose[], field: string): Loose | undefined {
  return pieces.findLast((piece) => piece[field] || (field === "usage" && piece["x_groq"]?.["usage"]))
}

/** A part of text. */
export const text = (content: unknown): Part => ({
  type: "text",
  content: typeof content === "string" ? content : JSON.stringify(content),
})
