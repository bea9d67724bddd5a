/**
 * The formats in which providers are spoken to: one file each, with `recognises(path)` and `read(request, answer)`; both
 * are pure, and reading never happens while the application waits.
 */

import { pathOf } from "../_providers.js"
import type { Wire } from "./_reading.js"
import { anthropicMessages } from "./anthropic_messages.js"
import { googleContent, googleEmbeddings } from "./google_generate.js"
import { openaiChat } from "./openai_chat.js"
import { openaiCompletions } from "./openai_completions.js"
import { openaiAudio, openaiEmbeddings, openaiImages } from "./openai_media.js"
import { openaiResponses } from "./openai_responses.js"

/** All of them, those that are met most often first. */
const WIRES: readonly Wire[] = [
  openaiChat,
  openaiResponses,
  anthropicMessages,
  openaiEmbeddings,
  googleContent,
  googleEmbeddings,
  openaiCompletions,
  openaiImages,
  openaiAudio,
]

/** Whether an address is one of a model. */
export function mayBeModelCall(url: string): boolean {
  return wireFor(pathOf(url)) !== undefined
}

/** The wire that is spoken at a path; `undefined` where it is none of a model's. */
export function wireFor(path: string): Wire | undefined {
  return WIRES.find((wire) => wire.recognises(path))
}
