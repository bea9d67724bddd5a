/** The data of the tests: OTLP/JSON, as any OpenTelemetry program sends it, with the attributes of `contract/`. */
import { randomBytes } from "node:crypto"
import { base } from "./browser"

export const hostile = {
  text: [
    'Look: <script>window.stolen = 1</script><img src=x onerror="window.stolen = 2"> ' +
      '<iframe srcdoc="<script>parent.stolen=3</script>"></iframe>',
    "[a link](javascript:window.stolen=4) and [another](data:text/html,<script>window.stolen=5</script>)",
    "![a picture](https://foreign.example/leak.png?who=1)",
    '<style>body { display: none }</style><a href="https://foreign.example" onclick="window.stolen=6">go</a>',
  ].join("\n\n"),
  hidden: "pay\u202Eevil\u200Bnow",
}

export const sentence = "The parcel left Lisbon on the mail boat this morning."
export const oddUser = "a/b%2F c?#😀 שלום"
export const oddSession = "sessions/of%20 one?&#名"

type Attributes = Record<string, string | number | boolean | string[]>
type Span = {
  name: string
  parent?: string
  span?: string
  kind?: string
  startMs: number
  ms: number
  attributes?: Attributes
  error?: string
}

const hex = (bytes: number): string => randomBytes(bytes).toString("hex")
const nanos = (ms: number): string => `${Math.round(ms * 1000)}000`
const text = (role: string, content: string) => ({ role, parts: [{ type: "text", content }] })

function valueOf(value: Attributes[string]): unknown {
  if (typeof value === "boolean") return { boolValue: value }
  if (typeof value === "number") return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value }
  if (Array.isArray(value)) return { arrayValue: { values: value.map((one) => ({ stringValue: one })) } }
  return { stringValue: value }
}

const list = (attributes: Attributes) =>
  Object.entries(attributes).map(([key, value]) => ({ key, value: valueOf(value) }))

async function post(path: string, body: unknown): Promise<void> {
  const response = await fetch(`${base}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
}

async function sendTrace(trace: string, spans: Span[]): Promise<void> {
  const resource = {
    attributes: list({ "service.name": "shop", "service.version": "1.9.0", "deployment.environment.name": "test" }),
  }
  const wire = spans.map((span) => ({
    traceId: trace,
    spanId: span.span ?? hex(8),
    ...(span.parent ? { parentSpanId: span.parent } : {}),
    name: span.name,
    kind: span.kind === "llm" ? 3 : 1,
    startTimeUnixNano: nanos(span.startMs),
    endTimeUnixNano: nanos(span.startMs + span.ms),
    status: span.error ? { code: 2, message: span.error } : {},
    attributes: list({ "baserun.span.kind": span.kind ?? "chain", ...span.attributes }),
  }))
  await post("/v1/traces", { resourceSpans: [{ resource, scopeSpans: [{ scope: { name: "baserun" }, spans: wire }] }] })
}

export type TurnData = {
  user?: string
  session: string
  asked: string
  answered?: string
  error?: string
  tool?: { name: string; arguments: object; result?: object; error?: string }
  minutesAgo: number
  history?: { role: string; parts: unknown[] }[]
  spans?: number
}

/** Send one turn of a conversation; returns its ids and all messages so far. */
export async function sendTurn(
  turn: TurnData,
): Promise<{ trace: string; llm: string; history: { role: string; parts: unknown[] }[] }> {
  const trace = hex(16)
  const [root, llm, tool] = [hex(8), hex(8), hex(8)]
  const startMs = Date.now() - turn.minutesAgo * 60_000
  const who: Attributes = { "session.id": turn.session, ...(turn.user ? { "user.id": turn.user } : {}) }
  const asked = text("user", turn.asked)
  const call = { type: "tool_call", id: "call_1", name: turn.tool?.name, arguments: turn.tool?.arguments }
  const used = turn.tool
    ? [
        { role: "assistant", parts: [call] },
        {
          role: "tool",
          parts: [{ type: "tool_call_response", id: "call_1", response: turn.tool.result ?? turn.tool.error }],
        },
      ]
    : []
  const input = [...(turn.history ?? [text("system", "You are the assistant of a shop. Be kind.")]), asked, ...used]
  const output = turn.answered === undefined ? [] : [{ ...text("assistant", turn.answered), finish_reason: "stop" }]
  const spans: Span[] = [
    { name: "answer", span: root, startMs, ms: 2400, kind: "agent", attributes: who },
    {
      name: "chat gpt-4.1-mini",
      span: llm,
      parent: root,
      startMs: startMs + 600,
      ms: 1700,
      kind: "llm",
      ...(turn.error ? { error: turn.error } : {}),
      attributes: {
        ...who,
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-4.1-mini",
        "gen_ai.request.temperature": 0.2,
        "gen_ai.input.messages": JSON.stringify(input),
        ...(turn.error
          ? { "error.type": "RateLimitError" }
          : {
              "gen_ai.response.model": "gpt-4.1-mini-2025-04-14",
              "gen_ai.response.finish_reasons": ["stop"],
              "gen_ai.usage.input_tokens": 400,
              "gen_ai.usage.output_tokens": 60,
              "gen_ai.output.messages": JSON.stringify(output),
            }),
      },
    },
  ]
  if (turn.tool) {
    spans.push({
      name: turn.tool.name,
      span: tool,
      parent: root,
      startMs: startMs + 100,
      ms: 400,
      kind: "tool",
      ...(turn.tool.error ? { error: turn.tool.error } : {}),
      attributes: {
        ...who,
        "gen_ai.tool.name": turn.tool.name,
        "gen_ai.tool.call.id": "call_1",
        "gen_ai.tool.call.arguments": JSON.stringify(turn.tool.arguments),
        ...(turn.tool.result ? { "gen_ai.tool.call.result": JSON.stringify(turn.tool.result) } : {}),
      },
    })
  }
  for (let index = 0; index < (turn.spans ?? 0); index += 1) {
    spans.push({
      name: `step ${index % 50}`,
      parent: root,
      startMs: startMs + (index % 200),
      ms: 1 + (index % 90),
      kind: index % 3 === 0 ? "tool" : "chain",
      attributes: who,
    })
  }
  await sendTrace(trace, spans)
  return { trace, llm, history: [...input, ...output] }
}

/** Send a user's thumbs up or down, with a comment. */
export async function sendFeedback(
  trace: string,
  span: string,
  up: boolean,
  comment: string,
  session: string,
): Promise<void> {
  const record = {
    timeUnixNano: nanos(Date.now()),
    eventName: "gen_ai.evaluation.result",
    traceId: trace,
    spanId: span,
    severityNumber: 9,
    attributes: list({
      "baserun.event.id": hex(16),
      "session.id": session,
      "gen_ai.evaluation.name": "helpful",
      "gen_ai.evaluation.score.value": up ? 1.5 - 0.5 : 0.0,
      "gen_ai.evaluation.score.label": up ? "up" : "down",
      "gen_ai.evaluation.explanation": comment,
      "baserun.score.source": "feedback",
    }),
  }
  await post("/v1/logs", { resourceLogs: [{ scopeLogs: [{ scope: { name: "baserun" }, logRecords: [record] }] }] })
}

/** Send everything that the tests look at. */
export async function sendAll(): Promise<{ long: string; failed: string; wide: string }> {
  const long = "order-of-ada"
  const first = await sendTurn({
    user: "ada",
    session: long,
    asked: "Where is my order?",
    answered: "Let me look.",
    minutesAgo: 90,
  })
  const second = await sendTurn({
    user: "ada",
    session: long,
    asked: "And now?",
    answered: sentence,
    minutesAgo: 60,
    history: first.history,
    tool: { name: "search_orders", arguments: { user: "ada", limit: 3 }, result: { rows: 3 } },
  })
  await sendFeedback(second.trace, second.llm, true, "that was quick", long)
  const third = await sendTurn({
    user: "ada",
    session: long,
    asked: "Send me the invoice",
    minutesAgo: 59,
    history: second.history,
    error: "Rate limit reached for requests",
  })
  await sendTurn({
    user: "mallory",
    session: "hostile",
    asked: hostile.text,
    answered: `${hostile.text}\n\n${hostile.hidden}`,
    minutesAgo: 50,
  })
  await sendTurn({
    user: oddUser,
    session: oddSession,
    asked: "Do odd names work?",
    answered: "They do.",
    minutesAgo: 40,
  })
  const wide = await sendTurn({
    user: "wide",
    session: "wide",
    asked: "Do a lot",
    answered: "Done.",
    minutesAgo: 30,
    spans: 2_000,
  })
  let history: TurnData["history"]
  for (let n = 1; n <= 45; n += 1) {
    const sent = await sendTurn({
      user: "grace",
      session: "long-talk",
      asked: `Question number ${n}`,
      answered: `Answer number ${n}, **with a word in bold** and \`code\`.`,
      minutesAgo: 300 - n * 5,
      ...(history ? { history } : {}),
    })
    history = sent.history
  }
  await Promise.all(
    Array.from({ length: 260 }, (_, index) =>
      sendTurn({
        user: `visitor-${String(index).padStart(3, "0")}`,
        session: `visit-${index}`,
        asked: `Hello from ${index}`,
        answered: "Hello.",
        minutesAgo: 1000 + index,
      }),
    ),
  )
  return { long, failed: third.trace, wide: wide.trace }
}

/** Wait until the API counts this many users. */
export async function waitForUsers(count: number): Promise<void> {
  const until = Date.now() + 60_000
  for (;;) {
    const page = (await (await fetch(`${base}/api/v1/users?limit=1&include=total`)).json()) as {
      total?: { value: number } | null
    }
    if ((page.total?.value ?? 0) >= count) return
    if (Date.now() > until) throw new Error(`the API counts ${page.total?.value} users instead of ${count}`)
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}
