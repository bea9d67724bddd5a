/** The AI SDK's own forms of messages, tools and usage. Pure. */

import { argumentsOf, count, list, type Loose, type Message, type Part, type Reading, type Usage } from "./_reading.js"

/** Providers by the first words of the AI SDK's names (`openai.chat`, `google.generative-ai`). */
const PROVIDERS: readonly (readonly [string, string])[] = [
  ["azure", "azure.ai.openai"],
  ["google.vertex", "gcp.vertex_ai"],
  ["google-vertex", "gcp.vertex_ai"],
  ["vertex", "gcp.vertex_ai"],
  ["google", "gcp.gemini"],
  ["amazon-bedrock", "aws.bedrock"],
  ["bedrock", "aws.bedrock"],
  ["mistral", "mistral_ai"],
  ["xai", "x_ai"],
  ["togetherai", "together_ai"],
  ["fireworks", "fireworks_ai"],
]

/** Name of the provider in our words. */
export function providerNameOf(name: string): string {
  return PROVIDERS.find(([start]) => name.startsWith(start))?.[1] ?? name.split(".")[0]!
}

/** The end-user field among the options for a provider. */
export function userOfOptions(options: Loose | undefined): Reading["user"] {
  for (const given of Object.values(options ?? {}) as Loose[]) {
    if (typeof given?.["safetyIdentifier"] === "string")
      return { value: given["safetyIdentifier"], field: "safety_identifier" }
    if (typeof given?.["user"] === "string") return { value: given["user"], field: "user" }
    const inside: unknown = given?.["metadata"]?.["userId"] ?? given?.["metadata"]?.["user_id"]
    if (typeof inside === "string") return { value: inside, field: "metadata.user_id" }
  }
  return undefined
}

/** Messages in parts. */
export function messagesOf(given: unknown): Message[] {
  return list(given).map((message) => ({ role: String(message["role"]), parts: contentOf(message["content"]) }))
}

/** What the model said, from the content of its answer or its parts on their own. */
export function outputOf(said: Loose): Message[] {
  const parts = contentOf(said["content"])
  if (parts.length === 0 && said["objectText"]) parts.push({ type: "text", content: said["objectText"] })
  if (parts.length === 0) return []
  const finish: unknown = said["finishReason"]
  return [{ role: "assistant", parts, ...(finish ? { finish_reason: String(finish) } : {}) }]
}

/** Tools that were offered: a list, or an object by name. */
export function toolsOf(given: unknown): Loose[] {
  if (!given || typeof given !== "object") return []
  const named = (): Loose[] => Object.entries(given).map(([name, tool]) => ({ name, ...(tool as Loose) }))
  const tools = Array.isArray(given) ? (given as (Loose | string)[]) : named()
  return tools.map((one) => {
    const tool = typeof one === "string" ? (argumentsOf(one) as Loose) : one
    return {
      type: "function",
      name: tool["name"],
      description: tool["description"],
      parameters: tool["inputSchema"] ?? tool["parameters"],
    }
  })
}

/** Usage; the AI SDK's totals include their parts. */
export function usageOf(usage: Loose | undefined): Usage | undefined {
  if (!usage) return undefined
  return {
    input: count(usage["inputTokens"] ?? usage["promptTokens"]),
    output: count(usage["outputTokens"] ?? usage["completionTokens"]),
    cacheRead: count(usage["inputTokenDetails"]?.["cacheReadTokens"] ?? usage["cachedInputTokens"]),
    cacheWrite: count(usage["inputTokenDetails"]?.["cacheWriteTokens"]),
    reasoning: count(usage["outputTokenDetails"]?.["reasoningTokens"] ?? usage["reasoningTokens"]),
  }
}

function contentOf(content: unknown): Part[] {
  if (typeof content === "string") return [{ type: "text", content }]
  return list(content).map((part) => {
    switch (part["type"]) {
      case "text":
        return { type: "text", content: part["text"] }
      case "reasoning":
        return { type: "reasoning", content: part["text"] }
      case "tool-call":
        return {
          type: "tool_call",
          id: part["toolCallId"],
          name: part["toolName"],
          arguments: argumentsOf(part["input"] ?? part["args"]),
        }
      case "tool-result": {
        const output: unknown = part["output"] ?? part["result"]
        const value: unknown = (output as Loose | undefined)?.["value"]
        return { type: "tool_call_response", id: part["toolCallId"], response: value ?? output }
      }
      case "image":
      case "file": {
        const data: unknown = part["data"] ?? part["image"] ?? part["file"]?.["base64Data"]
        const mime = String(part["mediaType"] ?? part["mimeType"] ?? part["file"]?.["mediaType"] ?? part["type"])
        const modality = mime.split("/")[0]!
        if (typeof data === "string" && /^https?:/.test(data)) return { type: "uri", modality, uri: data }
        return { type: "blob", modality, mime_type: mime, content: String(data ?? "") }
      }
    }
    return { ...part, type: String(part["type"] ?? "unknown") }
  })
}
