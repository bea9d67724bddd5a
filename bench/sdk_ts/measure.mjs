// One process, one variant: what an OpenAI call costs with it. Prints one line of JSON.
//
// Usage: node measure.mjs VARIANT SINK_URL CALLS STREAMS
//
// The provider is the client's `fetch`, which answers from memory after one turn of the event loop, as a network would
// at its fastest; so a call's time is the client's and the SDK's, and background work of the SDK gets its turn.

import { performance } from "node:perf_hooks"
import OpenAI from "openai"

const [name, sinkUrl, callsText, streamsText] = process.argv.slice(2)
const calls = Number(callsText)
const streams = Number(streamsText)
const CHUNKS = 50
// Until here the compiler still changes its mind: measured, the time of a call falls for about 1,500 calls.
const WARM_CALLS = 2000
const WARM_STREAMS = 300

const words =
  "the order is on its way and should arrive by friday so there is nothing to do now but if it does not turn up "
const said = words.repeat(5)
const messages = [
  { role: "system", content: said },
  { role: "user", content: said },
  { role: "assistant", content: said },
  { role: "user", content: "Where is my order?" },
]
const head = { id: "chatcmpl-1", created: 1, model: "gpt-4.1-mini-2025-04-14", system_fingerprint: "fp" }
const usage = {
  prompt_tokens: 400,
  completion_tokens: 120,
  total_tokens: 520,
  prompt_tokens_details: { cached_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 0 },
}
const whole = JSON.stringify({
  ...head,
  object: "chat.completion",
  choices: [
    { index: 0, message: { role: "assistant", content: said, refusal: null }, logprobs: null, finish_reason: "stop" },
  ],
  usage,
})
const encoder = new TextEncoder()
const event = (delta, finish_reason, more) =>
  encoder.encode(
    `data: ${JSON.stringify({ ...head, object: "chat.completion.chunk", choices: more ? [] : [{ index: 0, delta, logprobs: null, finish_reason }], ...more })}\n\n`,
  )
const pieces = [
  event({ role: "assistant", content: "" }, null),
  ...Array.from({ length: CHUNKS - 3 }, () => event({ content: " some word" }, null)),
  event({}, "stop"),
  event({}, null, { usage }),
]
const done = encoder.encode("data: [DONE]\n\n")

const turn = () => new Promise((resolve) => setImmediate(resolve))
async function answer(_, init) {
  await turn()
  if (!String(init.body).includes('"stream":true'))
    return new Response(whole, { headers: { "content-type": "application/json" } })
  let at = 0
  const body = new ReadableStream({
    pull(controller) {
      if (at < pieces.length) controller.enqueue(pieces[at])
      else if (at === pieces.length) controller.enqueue(done)
      else controller.close()
      at += 1
    },
  })
  return new Response(body, { headers: { "content-type": "text/event-stream" } })
}

const importStart = performance.now()
const variant = await import(`./${name}.mjs`)
const imported = performance.now()
const started = await variant.start({ url: sinkUrl, OpenAI })
const initialised = performance.now()
const client = started.client(new OpenAI({ apiKey: "test", baseURL: "http://127.0.0.1:9/v1", fetch: answer }))

const plain = () => client.chat.completions.create({ model: "gpt-4.1-mini", messages })
async function stream() {
  const start = performance.now()
  let first = 0
  const chunks = await client.chat.completions.create({
    model: "gpt-4.1-mini",
    messages,
    stream: true,
    stream_options: { include_usage: true },
  })
  for await (const _ of chunks) first ||= performance.now()
  return [first - start, performance.now() - start]
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
const rest = async () => {
  await started.flush()
  await new Promise((resolve) => setTimeout(resolve, 100))
}

for (let n = 0; n < WARM_CALLS; n += 1) await plain()
for (let n = 0; n < Math.min(streams, WARM_STREAMS); n += 1) await stream()
await rest()

const wall = []
let cpu = process.cpuUsage()
for (let n = 0; n < calls; n += 1) {
  const start = performance.now()
  await plain()
  wall.push(performance.now() - start)
}
await rest()
cpu = process.cpuUsage(cpu)

const firsts = []
const totals = []
let streamCpu = process.cpuUsage()
for (let n = 0; n < streams; n += 1) {
  const [first, total] = await stream()
  firsts.push(first)
  totals.push(total)
}
await rest()
streamCpu = process.cpuUsage(streamCpu)

const us = (ms) => Math.round(ms * 10_000) / 10
console.log(
  JSON.stringify({
    call_us: us(median(wall)),
    call_mean_us: us(wall.reduce((a, b) => a + b) / calls),
    call_cpu_us: (cpu.user + cpu.system) / calls,
    first_us: us(median(firsts)),
    stream_us: us(median(totals)),
    stream_cpu_us: (streamCpu.user + streamCpu.system) / Math.max(streams, 1),
    import_ms: imported - importStart,
    init_ms: initialised - imported,
    rss_mb: process.memoryUsage().rss / 2 ** 20,
  }),
)
process.exit(0)
