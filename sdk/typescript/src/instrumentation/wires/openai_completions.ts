/** OpenAI's older completions of a text: https://platform.openai.com/docs/api-reference/completions. */

import { completed, list, type Wire } from "./_reading.js"
import { common, finishedMessage, lastWith, openaiChat, text, usageOf } from "./openai_chat.js"

/** Completions of a text, and Mistral's filling in the middle. */
export const openaiCompletions: Wire = {
  recognises: (path) => path.endsWith("/completions") && !path.includes("/threads/"),
  read(request, answer) {
    if (Array.isArray(request["messages"])) return openaiChat.read(request, answer, "")
    const pieces = answer.events.length > 0 ? answer.events.map((one) => one.data) : answer.body ? [answer.body] : []
    const choices = new Map<number, { text: string; finish: string | undefined }>()
    for (const choice of pieces.flatMap((piece) => list(piece["choices"]))) {
      const index = Number(choice["index"] ?? 0)
      const soFar = choices.get(index) ?? { text: "", finish: undefined }
      soFar.text += choice["text"] ?? choice["message"]?.["content"] ?? choice["delta"]?.["content"] ?? ""
      soFar.finish = choice["finish_reason"] ?? soFar.finish
      choices.set(index, soFar)
    }
    const prompts: unknown[] = Array.isArray(request["prompt"]) ? request["prompt"] : [request["prompt"]]
    return completed(common(request, answer, "text_completion"), {
      input: [{ role: "user", parts: prompts.map((prompt) => text(prompt)) }],
      output: [...choices.values()].map((one) => finishedMessage("assistant", [text(one.text)], one.finish)),
      finishReasons: [...choices.values()].flatMap((one) => one.finish ?? []),
      responseId: lastWith(pieces, "id")?.["id"],
      responseModel: lastWith(pieces, "model")?.["model"],
      usage: usageOf(lastWith(pieces, "usage")?.["usage"]),
      finished: [...choices.values()].every((one) => one.finish),
    })
  },
}
