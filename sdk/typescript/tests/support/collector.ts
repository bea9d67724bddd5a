/** A server that takes OTLP/JSON like Baserun's and shows what arrived, in the plain form of the contract. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { gunzipSync } from "node:zlib"

export type Plain = Record<string, unknown>

export interface ArrivedSpan {
  traceId: string
  spanId: string
  parentSpanId?: string
  name: string
  kind: number
  startTimeUnixNano: string
  endTimeUnixNano: string
  status: { code?: number; message?: string }
  attributes: Plain
  events?: { name: string; attributes: Plain }[]
}

export interface ArrivedRecord {
  timeUnixNano: string
  eventName: string
  traceId?: string
  spanId?: string
  severityNumber: number
  attributes: Plain
  body?: unknown
}

/** What the collector does with a request before it takes it: give a status to refuse it, or nothing. */
export type Mood = (request: IncomingMessage, response: ServerResponse) => number | undefined | "hang"

const JSON_TEXT = new Set([
  "baserun.input",
  "baserun.output",
  "gen_ai.input.messages",
  "gen_ai.output.messages",
  "gen_ai.system_instructions",
  "gen_ai.tool.definitions",
  "gen_ai.tool.call.arguments",
  "gen_ai.tool.call.result",
])

export class Collector {
  spans: ArrivedSpan[] = []
  records: ArrivedRecord[] = []
  resources: Plain[] = []
  requests: { url: string; headers: IncomingMessage["headers"]; status: number }[] = []
  mood: Mood = () => undefined
  private server: Server

  private constructor() {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on("data", (chunk: Buffer) => chunks.push(chunk))
      request.on("end", () => this.answer(request, response, Buffer.concat(chunks)))
    })
  }

  static async start(port = 0): Promise<Collector> {
    const collector = new Collector()
    await new Promise<void>((resolve) => collector.server.listen(port, "127.0.0.1", resolve))
    collector.port = (collector.server.address() as AddressInfo).port
    return collector
  }

  port = 0

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  /** Records with this event name. */
  events(name: string): ArrivedRecord[] {
    return this.records.filter((one) => one.eventName === name)
  }

  /** The span that was made last with this name. */
  span(name: string): ArrivedSpan {
    const found = this.spans.findLast((one) => one.name === name)
    if (!found) throw new Error(`no span ${name} among ${this.spans.map((one) => one.name).join(", ") || "none"}`)
    return found
  }

  clear(): void {
    this.spans = []
    this.records = []
    this.requests = []
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }

  private answer(request: IncomingMessage, response: ServerResponse, bytes: Buffer): void {
    const mood = this.mood(request, response)
    this.requests.push({ url: request.url!, headers: request.headers, status: typeof mood === "number" ? mood : 200 })
    if (mood === "hang") return
    if (mood !== undefined && mood >= 400) {
      response.writeHead(mood).end("{}")
      return
    }
    const plain = request.headers["content-encoding"] === "gzip" ? gunzipSync(bytes) : bytes
    this.take(JSON.parse(String(plain)) as Plain)
    response.writeHead(200, { "content-type": "application/json" }).end("{}")
  }

  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  private take(body: any): void {
    for (const one of body.resourceSpans ?? []) {
      this.resources.push(attributesOf(one.resource.attributes))
      for (const span of one.scopeSpans.flatMap((scope: any) => scope.spans)) {
        this.spans.push({
          ...span,
          attributes: attributesOf(span.attributes),
          ...(span.events && {
            events: span.events.map((event: any) => ({ name: event.name, attributes: attributesOf(event.attributes) })),
          }),
        })
      }
    }
    for (const one of body.resourceLogs ?? []) {
      for (const record of one.scopeLogs.flatMap((scope: any) => scope.logRecords)) {
        this.records.push({
          ...record,
          attributes: attributesOf(record.attributes),
          body: record.body && valueOf(record.body),
        })
      }
    }
  }
}

function attributesOf(list: { key: string; value: Plain }[]): Plain {
  return Object.fromEntries(
    list.map(({ key, value }) => {
      const plain = valueOf(value)
      return [key, JSON_TEXT.has(key) && typeof plain === "string" ? parsed(plain) : plain]
    }),
  )
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any
function valueOf(value: any): unknown {
  if ("intValue" in value) return Number(value.intValue)
  if ("arrayValue" in value) return value.arrayValue.values.map(valueOf)
  if ("kvlistValue" in value)
    return Object.fromEntries(value.kvlistValue.values.map((one: any) => [one.key, valueOf(one.value)]))
  return value.stringValue ?? value.boolValue ?? value.doubleValue
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
