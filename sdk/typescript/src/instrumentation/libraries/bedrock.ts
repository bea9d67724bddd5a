/**
 * `@aws-sdk/client-bedrock-runtime`: recorded by the client's own middleware, which sees what the application gave and
 * what it gets. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
 */

import { snapshot } from "../../recording/_content.js"
import { current } from "../../context/_scope.js"
import { isRecorded } from "../../_config.js"
import { guarded } from "../../_guard.js"
import { nowMs } from "../../context/_ids.js"
import { CLIENT, Span } from "../../recording/_span.js"
import { anthropicMessages } from "../wires/anthropic_messages.js"
import { readConverse } from "../wires/bedrock.js"
import { isAbort, isRecording } from "../_calls.js"
import type { HowEnded } from "../_exchange.js"
import { writeReading } from "../_reading.js"
import { openaiChat } from "../wires/openai_chat.js"
import type { Answer, Loose, Reading, Wire } from "../wires/_reading.js"
import { watchIterable } from "../../recording/_streams.js"

type Next = (given: { input: Loose }) => Promise<{ output: Loose }>
interface BedrockClient {
  send(this: BedrockClient, ...given: unknown[]): unknown
  middlewareStack: { add(middleware: unknown, options: object): void }
  handlers?: unknown
}

const COMMANDS = new Set([
  "ConverseCommand",
  "ConverseStreamCommand",
  "InvokeModelCommand",
  "InvokeModelWithResponseStreamCommand",
])

const prepared = new WeakSet<object>()

/** Record all clients of the class of this one. */
export function recordBedrock(client: object): boolean {
  const prototype = Object.getPrototypeOf(client) as object
  if (!("middlewareStack" in client) || !/Bedrock/.test(client.constructor.name)) return false
  recordBedrockClass(prototype)
  return true
}

/** Record all clients of a class: each gets our middleware when it is first used. */
export function recordBedrockClass(prototype: object): void {
  if (isRecorded(prototype)) return
  const { send } = prototype as BedrockClient
  Object.defineProperty(prototype, "send", {
    value(this: BedrockClient, ...given: unknown[]) {
      guarded("bedrock", () => {
        if (prepared.has(this)) return
        prepared.add(this)
        delete this.handlers
        this.middlewareStack.add(middleware, { step: "initialize", name: "baserun", priority: "high" })
      })
      return send.apply(this, given)
    },
    configurable: true,
    writable: true,
    enumerable: false,
  })
}

const middleware =
  (next: Next, context: Loose): Next =>
  async (given) => {
    const command = String(context["commandName"])
    if (!isRecording() || !COMMANDS.has(command)) return next(given)
    const call = guarded("bedrock", () => begin(command, given.input, context))
    try {
      const result = await next(given)
      guarded("bedrock", () => call?.answered(result.output))
      return result
    } catch (error) {
      guarded("bedrock", () => call?.failed(error))
      throw error
    }
  }

interface BedrockCall {
  answered(output: Loose): void
  failed(error: unknown): void
}

function begin(command: string, given: Loose, context: Loose): BedrockCall {
  const around = current()
  const span = new Span("", CLIENT, around)
  const input = snapshot(withText(given)) as { toJSON(): unknown }
  const events: Loose[] = []
  let body: { toJSON(): unknown } | undefined
  let firstMs: number | undefined
  let isStream = false
  let open = true

  const end = (how: HowEnded["how"], error?: unknown): void => {
    if (!open) return
    open = false
    if (error !== undefined && how !== "cancelled") span.fail(error, (error as Error).name)
    span.read = () => {
      const answer: Answer = {
        status: undefined,
        body: body?.toJSON() as Loose | undefined,
        events: events.map((data) => ({ data: (data as unknown as { toJSON(): Loose }).toJSON() })),
        ending: how,
      }
      const reading = read(command, input.toJSON() as Loose, answer)
      reading.stream = isStream
      if (firstMs !== undefined) reading.timeToFirstChunk = (firstMs - span.startMs) / 1000
      writeReading(span, reading, "aws.bedrock", { how, error, streamed: isStream, sessionId: around.session?.id })
      const url = (context["endpointV2"] as { url?: URL } | undefined)?.url
      if (url)
        Object.assign(span.attributes, {
          "server.address": url.hostname,
          "server.port": url.port ? Number(url.port) : undefined,
        })
    }
    span.end()
  }

  const note = (metadata: Loose | undefined): void => {
    span.attributes["http.response.status_code"] = metadata?.["httpStatusCode"]
    if (Number(metadata?.["attempts"]) > 1)
      span.attributes["http.request.resend_count"] = Number(metadata?.["attempts"]) - 1
  }

  return {
    answered(output) {
      note(output["$metadata"] as Loose | undefined)
      const stream: unknown =
        output["stream"] ?? (command === "InvokeModelWithResponseStreamCommand" ? output["body"] : undefined)
      if (stream === undefined) {
        body = snapshot(withText(output)) as { toJSON(): unknown }
        end("complete")
        return
      }
      isStream = true
      watchIterable(stream as AsyncIterable<unknown>, {
        chunk(value) {
          firstMs ??= nowMs()
          events.push(snapshot(withText(value as Loose)) as Loose)
        },
        ended: end,
        failed: (error) => end(isAbort(error) ? "cancelled" : "error", error),
      })
    },
    failed(error) {
      note((error as { $metadata?: Loose }).$metadata)
      end(isAbort(error) ? "cancelled" : "error", error)
    },
  }
}

/** Bodies travel as bytes of JSON; here they become the JSON. */
function withText(given: Loose): Loose {
  const bytes: unknown = given["body"] ?? given["chunk"]?.["bytes"]
  const text =
    typeof bytes === "string" ? bytes : bytes instanceof Uint8Array ? new TextDecoder().decode(bytes) : undefined
  if (text === undefined) return given
  const { $metadata: _, ...others } = given
  try {
    return { ...others, body: JSON.parse(text) as unknown, chunk: undefined }
  } catch {
    return { ...others, body: text, chunk: undefined }
  }
}

function read(command: string, input: Loose, answer: Answer): Reading {
  if (command.startsWith("Converse")) return readConverse(input, answer)
  const request = { ...(input["body"] as Loose), model: input["modelId"] as string }
  const inner: Answer = {
    ...answer,
    body: answer.body?.["body"] as Loose | undefined,
    events: answer.events.map((one) => ({ data: (one.data["body"] ?? one.data) as Loose })),
  }
  return dialectOf(request).read(request, inner, "")
}

/** Each house keeps its own form behind InvokeModel. */
function dialectOf(request: Loose): Wire {
  if ("anthropic_version" in request) return anthropicMessages
  if (Array.isArray(request["messages"]) && "inferenceConfig" in request)
    return { recognises: () => true, read: readConverse }
  if (Array.isArray(request["messages"])) return openaiChat
  return { recognises: () => true, read: readText }
}

/** Models that take one text and give one: Titan, Llama, Mistral, Cohere and AI21 name it differently. */
function readText(request: Loose, answer: Answer): Reading {
  const pieces = answer.events.length > 0 ? answer.events.map((one) => one.data) : answer.body ? [answer.body] : []
  const textOf = (piece: Loose): string =>
    String(
      piece["outputText"] ??
        piece["generation"] ??
        piece["results"]?.[0]?.["outputText"] ??
        piece["outputs"]?.[0]?.["text"] ??
        piece["text"] ??
        "",
    )
  const last = pieces.at(-1)
  const finish: unknown =
    last?.["stop_reason"] ??
    last?.["completionReason"] ??
    last?.["results"]?.[0]?.["completionReason"] ??
    last?.["outputs"]?.[0]?.["stop_reason"]
  const metrics = last?.["amazon-bedrock-invocationMetrics"] as Loose | undefined
  const isEmbedding = Array.isArray(last?.["embedding"] ?? last?.["embeddings"])
  const prompt: unknown = request["prompt"] ?? request["inputText"] ?? request["texts"]
  return {
    operation: isEmbedding ? "embeddings" : "text_completion",
    request: {
      model: request["model"] as string,
      temperature: request["temperature"] ?? request["textGenerationConfig"]?.["temperature"],
      maxTokens: request["max_tokens"] ?? request["max_gen_len"] ?? request["textGenerationConfig"]?.["maxTokenCount"],
    },
    input: prompt ? [{ role: "user", parts: [{ type: "text", content: prompt }] }] : [],
    output:
      isEmbedding || pieces.length === 0
        ? []
        : [{ role: "assistant", parts: [{ type: "text", content: pieces.map(textOf).join("") }] }],
    finishReasons: finish ? [String(finish)] : [],
    usage: {
      input: metrics?.["inputTokenCount"] ?? last?.["prompt_token_count"] ?? last?.["inputTextTokenCount"],
      output:
        metrics?.["outputTokenCount"] ?? last?.["generation_token_count"] ?? last?.["results"]?.[0]?.["tokenCount"],
    },
    finished: Boolean(finish),
  }
}
