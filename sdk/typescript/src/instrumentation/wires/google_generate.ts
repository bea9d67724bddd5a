/** Gemini and Vertex: https://ai.google.dev/api/generate-content. */

import { finishedMessage } from "./openai_chat.js"
import { count, errorOf, list, type Loose, type Message, type Part, sum, userOf, type Wire } from "./_reading.js"

/** Content, whole and streamed. */
export const googleContent: Wire = {
  recognises: (path) => path.endsWith(":generateContent") || path.endsWith(":streamGenerateContent"),
  read(request, answer, path) {
    const pieces = answer.events.length > 0 ? answer.events.map((one) => one.data) : answer.body ? [answer.body] : []
    const config = (request["generationConfig"] ?? {}) as Loose
    const usage = pieces.findLast((piece) => piece["usageMetadata"])?.["usageMetadata"] as Loose | undefined
    const candidates = joinCandidates(pieces)
    const finishes = candidates.flatMap((one) => (one.finish ? [one.finish] : []))
    return {
      operation: "generate_content",
      stream: path.endsWith(":streamGenerateContent"),
      request: {
        model: modelOf(path),
        temperature: count(config["temperature"]),
        topP: count(config["topP"]),
        topK: count(config["topK"]),
        maxTokens: count(config["maxOutputTokens"]),
        frequencyPenalty: count(config["frequencyPenalty"]),
        presencePenalty: count(config["presencePenalty"]),
        stop: config["stopSequences"] ?? undefined,
        seed: count(config["seed"]),
        choices: count(config["candidateCount"]),
      },
      system: partsOf(request["systemInstruction"] ?? request["system_instruction"]),
      tools: list(request["tools"]).flatMap(toolsOf),
      input: contentsOf(request["contents"]),
      output: candidates.map((one) => finishedMessage("assistant", one.parts, one.finish)),
      outputType: config["responseMimeType"] === "application/json" ? "json" : undefined,
      responseId: pieces.findLast((piece) => piece["responseId"])?.["responseId"],
      responseModel: pieces.findLast((piece) => piece["modelVersion"])?.["modelVersion"],
      finishReasons: finishes,
      usage: usage && {
        input: sum(usage["promptTokenCount"], usage["toolUsePromptTokenCount"]),
        output: sum(usage["candidatesTokenCount"], usage["thoughtsTokenCount"]),
        cacheRead: count(usage["cachedContentTokenCount"]),
        reasoning: count(usage["thoughtsTokenCount"]),
      },
      user: userOf(request, ["labels.user_id", "labels.user", "labels.end_user"]),
      error: errorOf(
        pieces.find((piece) => piece["error"]) ?? (candidates.length > 0 ? undefined : answer.body),
        answer.status,
      ),
      finished: candidates.length > 0 && finishes.length === candidates.length,
    }
  },
}

/** Embeddings, one or many. */
export const googleEmbeddings: Wire = {
  recognises: (path) => path.endsWith(":embedContent") || path.endsWith(":batchEmbedContents"),
  read(request, answer, path) {
    const requests = Array.isArray(request["requests"]) ? list(request["requests"]) : [request]
    return {
      operation: "embeddings",
      request: { model: modelOf(path) },
      input: [{ role: "user", parts: requests.flatMap((one) => partsOf(one["content"]) ?? []) }],
      usage: { input: count(answer.body?.["usageMetadata"]?.["promptTokenCount"]) },
      error: errorOf(answer.body, answer.status),
    }
  },
}

const modelOf = (path: string): string | undefined => /\/(?:models|endpoints|tunedModels)\/([^:/]+):/.exec(path)?.[1]

function contentsOf(contents: unknown): Message[] {
  const given = Array.isArray(contents) ? list(contents) : contents ? [contents as Loose] : []
  return given.map((content) => {
    const parts = partsOf(content) ?? []
    const isResult = parts.length > 0 && parts.every((part) => part.type === "tool_call_response")
    const role = content["role"] === "model" ? "assistant" : String(content["role"] ?? "user")
    return { role: isResult ? "tool" : role, parts }
  })
}

function partsOf(content: unknown): Part[] | undefined {
  if (typeof content === "string") return [{ type: "text", content }]
  if (!content) return undefined
  return list((content as Loose)["parts"]).map(partOf)
}

function partOf(part: Loose): Part {
  if (typeof part["text"] === "string") return { type: part["thought"] ? "reasoning" : "text", content: part["text"] }
  const inline = (part["inlineData"] ?? part["inline_data"]) as Loose | undefined
  if (inline) {
    const mime = String(inline["mimeType"] ?? inline["mime_type"] ?? "")
    return { type: "blob", modality: mime.split("/")[0] || "file", mime_type: mime, content: inline["data"] }
  }
  const file = (part["fileData"] ?? part["file_data"]) as Loose | undefined
  if (file)
    return {
      type: "uri",
      modality: String(file["mimeType"] ?? "file").split("/")[0]!,
      uri: file["fileUri"] ?? file["file_uri"],
    }
  const call = (part["functionCall"] ?? part["function_call"]) as Loose | undefined
  if (call) return { type: "tool_call", id: call["id"], name: call["name"], arguments: call["args"] ?? {} }
  const answer = (part["functionResponse"] ?? part["function_response"]) as Loose | undefined
  if (answer) return { type: "tool_call_response", id: answer["id"] ?? answer["name"], response: answer["response"] }
  return { type: Object.keys(part)[0] ?? "unknown", ...part }
}

function toolsOf(tool: Loose): Loose[] {
  const declared = list(tool["functionDeclarations"] ?? tool["function_declarations"])
  if (declared.length === 0) return Object.keys(tool).map((type) => ({ type }))
  return declared.map((one) => {
    const { parametersJsonSchema, ...others } = one
    return { type: "function", ...others, ...(parametersJsonSchema && { parameters: parametersJsonSchema }) }
  })
}

/** The candidates of all pieces; neighbouring texts of one kind become one part. */
function joinCandidates(pieces: readonly Loose[]): { parts: Part[]; finish: string | undefined }[] {
  const candidates: { parts: Part[]; finish: string | undefined }[] = []
  for (const candidate of pieces.flatMap((piece) => list(piece["candidates"]))) {
    const soFar = (candidates[Number(candidate["index"] ?? 0)] ??= { parts: [], finish: undefined })
    soFar.finish = candidate["finishReason"] ?? soFar.finish
    for (const part of partsOf(candidate["content"]) ?? []) {
      const before = soFar.parts.at(-1)
      const joins = before?.type === part.type && (part.type === "text" || part.type === "reasoning")
      if (joins && before) before["content"] += part["content"]
      else soFar.parts.push(part)
    }
  }
  return candidates.filter(Boolean)
}
