// Never run: the compiler reads the documented forms of every call.

import { baserun, type InitOptions, type Session, type SessionResult } from "baserun"
import { telemetry } from "baserun/ai"
import { baserunExpress } from "baserun/express"
import { baserunFastify } from "baserun/fastify"
import { baserunHono } from "baserun/hono"
import { withBaserun } from "baserun/next"
import { BaserunSpanProcessor } from "baserun/opentelemetry"
import { NodeTracerProvider } from "@opentelemetry/sdk-trace-node"
import { generateText } from "ai-6"
import { openai as model } from "@ai-sdk/openai-3"
import express from "express"
import fastify from "fastify"
import { Hono } from "hono"
import OpenAI from "openai"

const options: InitOptions = { redact: [/a/], sampleRate: 0.1 }
const ready: Promise<void> = baserun.init(options)

const result: Promise<SessionResult<number>> = baserun.session(async (session: Session) => session.id.length, {
  user: "u",
})
const older: Promise<SessionResult<string>> = baserun.session({ session: () => "x", user: "u", sessionId: undefined })
const traced: (a: number, b?: string) => Promise<boolean> = baserun.trace(
  async (a: number, b?: string) => a > 0 || b === "",
  "name",
)
const generator: (n: number) => AsyncGenerator<string> = baserun.trace(
  async function* (n: number) {
    yield String(n)
  },
  { kind: "agent" },
)
const client: OpenAI = baserun.wrap(new OpenAI())
const sender: typeof fetch = baserun.fetch

// @ts-expect-error a name is text
baserun.log(1)
// @ts-expect-error there is no such option
void baserun.init({ colour: "red" })
// @ts-expect-error a user is text
void baserun.session(() => 1, { user: 1 })

express().use(baserunExpress({ user: { header: "x-user" }, session: { cookie: "chat" } }))
express().post("/:id", baserunExpress({ session: (request) => request.headers["x-session"] as string }))
await fastify().register(baserunFastify, { user: { header: "x-user" } })
new Hono().use(baserunHono({ user: { query: "user" } }))
export const POST = withBaserun(
  async (request: Request, context: { params: Promise<{ id: string }> }) =>
    Response.json([request.url, await context.params]),
  {
    session: { param: "id" },
  },
)
new NodeTracerProvider({ spanProcessors: [new BaserunSpanProcessor()] }).register()
void generateText({
  model: model("gpt-4.1-mini"),
  prompt: "x",
  experimental_telemetry: telemetry({ metadata: { userId: "u" } }),
})

export { client, generator, older, ready, result, sender, traced }
