/**
 * The Vercel AI SDK, version 7 and later: recorded by its own list of telemetry integrations, which is a global.
 * https://ai-sdk.dev/docs/ai-sdk-core/telemetry
 *
 * Earlier versions have the list too, but their events do not say to which call they belong; they are recorded by the
 * tracer that `baserun/ai` gives.
 */

import { snapshot } from "../../recording/_content.js"
import { type Scope, current, within } from "../../context/_scope.js"
import { guarded } from "../../_guard.js"
import { cleanId, cleanUser } from "../../context/_identity.js"
import { nowMs } from "../../context/_ids.js"
import { Session } from "../../recording/_session.js"
import { CLIENT, INTERNAL, Span } from "../../recording/_span.js"
import { messagesOf, outputOf, providerNameOf, toolsOf, usageOf, userOfOptions } from "../wires/ai.js"
import { writeReading } from "../_reading.js"
import { isRecording } from "../_calls.js"
import type { HowEnded } from "../_exchange.js"
import type { Loose, Reading } from "../wires/_reading.js"

/** One call of the AI SDK that is under way. */
interface Operation {
  scope: Scope
  span: Span
  keepsInput: boolean
  keepsOutput: boolean
  user: Reading["user"]
  /** The model calls and tool runs inside it that are open, by their ids. */
  open: Map<string, Step>
}

interface Step {
  span: Span
  event: Loose
  firstMs?: number
}

const operations = new Map<string, Operation>()

const globals = globalThis as { AI_SDK_TELEMETRY_INTEGRATIONS?: object[] }

/** Take part in the AI SDK's telemetry; once, however often it is called. */
export function recordAi(): void {
  const list = (globals.AI_SDK_TELEMETRY_INTEGRATIONS ??= [])
  if (!list.some((one) => "isBaserun" in one)) list.push(integration)
}

/** Which of its events we listen to; every one of them is guarded. */
const integration: object = {
  isBaserun: true,
  ...listeners({
    onStart,
    onLanguageModelCallStart: beginModelCall,
    onObjectStepStart: beginModelCall,
    onLanguageModelCallEnd: endModelCall,
    onObjectStepEnd: endModelCall,
    onEmbedStart: beginEmbedding,
    onEmbedEnd: endEmbedding,
    onToolExecutionStart: beginTool,
    onToolExecutionEnd: endTool,
    onEnd: (event) => end(event),
    onAbort: (event) => end(event, undefined, "cancelled"),
    onError: (event) => end(event, event["error"] ?? event),
  }),

  executeLanguageModelCall(options: Loose & { execute: () => unknown }): unknown {
    const step = operations.get(String(options["callId"]))?.open.get("model")
    if (!step) return options.execute()
    // Whatever transport is beneath, it is this call: our own `fetch` must not record it again.
    return within({ ...current(), span: step.span, call: { owner: step } }, options.execute)
  },

  executeTool(options: Loose & { execute: () => unknown }): unknown {
    const operation = operations.get(String(options["callId"]))
    const step = operation?.open.get(String(options["toolCallId"]))
    if (!operation || !step) return options.execute()
    return within({ ...operation.scope, span: step.span }, options.execute)
  },
}

function listeners(given: Record<string, (event: Loose) => void>): Record<string, (event: Loose) => void> {
  return Object.fromEntries(
    Object.entries(given).map(([name, listen]) => [
      name,
      (event: Loose) => {
        if (event?.["callId"]) guarded(`AI SDK ${name}`, () => listen(event))
      },
    ]),
  )
}

function onStart(event: Loose): void {
  if (!isRecording()) return
  const around = current()
  const named = { ...(event["runtimeContext"] as Loose | undefined) }
  const user = cleanUser(named["userId"] ?? named["user_id"])
  const sessionId = cleanId(named["sessionId"] ?? named["session_id"] ?? named["threadId"], "session")
  const scope: Scope = {
    ...around,
    ...(user && { user }),
    ...(sessionId && { session: new Session(sessionId, user ?? around.session?.user) }),
  }
  const span = new Span(String(event["functionId"] ?? event["operationId"] ?? "ai"), INTERNAL, scope)
  const keepsInput = event["recordInputs"] !== false
  span.attributes["baserun.span.kind"] = "chain"
  if (keepsInput)
    span.attributes["baserun.input"] = snapshot(
      event["prompt"] ?? event["messages"] ?? event["value"] ?? event["values"],
    )
  operations.set(String(event["callId"]), {
    scope: { ...scope, span },
    span,
    keepsInput,
    keepsOutput: event["recordOutputs"] !== false,
    user: userOfOptions(event["providerOptions"] as Loose | undefined),
    open: new Map(),
  })
}

function begin(event: Loose, key: string, kind: number, name: string): Span | undefined {
  const operation = operations.get(String(event["callId"]))
  if (!operation) return undefined
  const span = new Span(name, kind, operation.scope)
  operation.open.set(key, { span, event: (snapshot(event) as { toJSON(): Loose }).toJSON() })
  return span
}

function take(event: Loose, key: string): { operation: Operation; step: Step } | undefined {
  const operation = operations.get(String(event["callId"]))
  const step = operation?.open.get(key)
  if (!operation || !step) return undefined
  operation.open.delete(key)
  return { operation, step }
}

function beginModelCall(event: Loose): void {
  begin(event, "model", CLIENT, "chat")
}

function endModelCall(event: Loose): void {
  const taken = take(event, "model")
  if (taken) finishModelCall(taken.operation, taken.step, (snapshot(event) as { toJSON(): Loose }).toJSON(), "complete")
}

function finishModelCall(
  operation: Operation,
  { span, event: asked }: Step,
  said: Loose | undefined,
  how: HowEnded["how"],
  error?: unknown,
): void {
  const firstMs = said?.["performance"]?.["timeToFirstOutputMs"] ?? said?.["msToFirstChunk"]
  const isStream = operation.span.name.includes("stream") || firstMs !== undefined
  const reading: Reading = {
    operation: "chat",
    stream: isStream,
    request: {
      model: asked["modelId"],
      temperature: asked["temperature"],
      topP: asked["topP"],
      topK: asked["topK"],
      maxTokens: asked["maxOutputTokens"],
      frequencyPenalty: asked["frequencyPenalty"],
      presencePenalty: asked["presencePenalty"],
      stop: asked["stopSequences"],
      seed: asked["seed"],
    },
    system:
      operation.keepsInput && asked["instructions"] ? [{ type: "text", content: asked["instructions"] }] : undefined,
    tools: operation.keepsInput ? toolsOf(asked["tools"]) : undefined,
    input: operation.keepsInput ? messagesOf(asked["messages"] ?? asked["promptMessages"]) : undefined,
    output: said && operation.keepsOutput ? outputOf(said) : undefined,
    responseId: said?.["responseId"] ?? said?.["response"]?.["id"],
    responseModel: said?.["modelId"],
    finishReasons: said?.["finishReason"] ? [said["finishReason"]] : undefined,
    usage: usageOf(said?.["usage"] as Loose | undefined),
    timeToFirstChunk: typeof firstMs === "number" && isStream ? firstMs / 1000 : undefined,
    user: operation.user,
    outputType: asked["schema"] ? "json" : undefined,
  }
  if (error !== undefined) span.fail(error)
  const sessionId = operation.scope.session?.id
  writeReading(span, reading, providerNameOf(String(asked["provider"] ?? "")), {
    how,
    error,
    streamed: isStream,
    sessionId,
  })
  span.end()
}

function beginEmbedding(event: Loose): void {
  begin(event, String(event["embedCallId"]), CLIENT, "embeddings")
}

function endEmbedding(event: Loose): void {
  const taken = take(event, String(event["embedCallId"]))
  if (!taken) return
  const { operation, step } = taken
  const values = (step.event["values"] ?? []) as unknown[]
  const reading: Reading = {
    operation: "embeddings",
    request: { model: event["modelId"] },
    input: operation.keepsInput
      ? [{ role: "user", parts: values.map((content) => ({ type: "text", content })) }]
      : undefined,
    usage: { input: event["usage"]?.["tokens"] },
    user: operation.user,
  }
  const ending: HowEnded = {
    how: "complete",
    error: undefined,
    streamed: false,
    sessionId: operation.scope.session?.id,
  }
  writeReading(step.span, reading, providerNameOf(String(event["provider"] ?? "")), ending)
  step.span.end()
}

function beginTool(event: Loose): void {
  const call = event["toolCall"] as Loose
  const span = begin(event, String(call["toolCallId"]), INTERNAL, String(call["toolName"]))
  if (!span) return
  Object.assign(span.attributes, {
    "baserun.span.kind": "tool",
    "gen_ai.operation.name": "execute_tool",
    "gen_ai.tool.name": call["toolName"],
    "gen_ai.tool.call.id": call["toolCallId"],
    "gen_ai.tool.call.arguments": event["recordInputs"] === false ? undefined : snapshot(call["input"]),
  })
}

function endTool(event: Loose): void {
  const taken = take(event, String(event["toolCall"]?.["toolCallId"]))
  if (!taken) return
  const output = event["toolOutput"] as Loose | undefined
  const error: unknown = output?.["error"] ?? event["error"]
  if (error !== undefined) taken.step.span.fail(error)
  else if (taken.operation.keepsOutput)
    taken.step.span.attributes["gen_ai.tool.call.result"] = snapshot(output?.["output"] ?? event["output"])
  taken.step.span.end()
}

function end(event: Loose, error?: unknown, how: HowEnded["how"] = error === undefined ? "complete" : "error"): void {
  const callId = String(event["callId"])
  const operation = operations.get(callId)
  if (!operation) return
  operations.delete(callId)
  for (const [key, step] of operation.open) {
    if (key === "model") finishModelCall(operation, step, undefined, how === "complete" ? "closed" : how, error)
    else {
      if (error !== undefined) step.span.fail(error)
      step.span.end()
    }
  }
  if (error !== undefined) operation.span.fail(error)
  const output: unknown = event["text"] || event["object"]
  if (operation.keepsOutput && output) operation.span.attributes["baserun.output"] = snapshot(output)
  operation.span.end(nowMs())
}
