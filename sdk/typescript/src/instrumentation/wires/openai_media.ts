/** OpenAI's embeddings, images and audio: what was asked and what it cost; vectors and pictures stay where they are. */

import { completed, count, type Loose, type Wire } from "./_reading.js"
import { common, text } from "./openai_chat.js"

/** Embeddings: the texts and the counts; the vectors are nobody's reading. */
export const openaiEmbeddings: Wire = {
  recognises: (path) => path.endsWith("/embeddings"),
  read(request, answer) {
    const given: unknown[] = Array.isArray(request["input"]) ? request["input"] : [request["input"]]
    const isTokens = given.length > 0 && typeof given[0] === "number"
    return completed(common(request, answer, "embeddings"), {
      input: [{ role: "user", parts: (isTokens ? [given] : given).map((one) => text(one)) }],
      responseModel: answer.body?.["model"],
      responseId: answer.body?.["id"],
      usage: { input: count(answer.body?.["usage"]?.["prompt_tokens"]) },
    })
  },
}

/** Images: what was asked for and what it cost; the pictures stay where they are. */
export const openaiImages: Wire = {
  recognises: (path) => /\/images\/(generations|edits|variations)$/.test(path),
  read(request, answer) {
    const usage = answer.body?.["usage"] as Loose | undefined
    return completed(common(request, answer, "generate_content"), {
      input: request["prompt"] ? [{ role: "user", parts: [text(request["prompt"])] }] : [],
      outputType: "image",
      usage: usage && { input: count(usage["input_tokens"]), output: count(usage["output_tokens"]) },
    })
  },
}

/** Speech, transcriptions and translations. */
export const openaiAudio: Wire = {
  recognises: (path) => /\/audio\/(speech|transcriptions|translations)$/.test(path),
  read(request, answer, path) {
    const isSpeech = path.endsWith("/speech")
    const heard: unknown = answer.body?.["text"]
    const usage = answer.body?.["usage"] as Loose | undefined
    return completed(common(request, answer, "generate_content"), {
      input: isSpeech ? [{ role: "user", parts: [text(request["input"])] }] : [],
      output: typeof heard === "string" ? [{ role: "assistant", parts: [text(heard)] }] : [],
      outputType: isSpeech ? "speech" : "text",
      usage: usage && { input: count(usage["input_tokens"]), output: count(usage["output_tokens"]) },
    })
  },
}
