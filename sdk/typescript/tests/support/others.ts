/** Providers that the fake provider does not speak: Gemini, Mistral and Bedrock, as far as the tests need them. */

import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import { createServer as createServer2, type Http2ServerRequest } from "node:http2"
import type { AddressInfo } from "node:net"
import { crc32 } from "node:zlib"

type Json = Record<string, unknown>

export interface OtherProvider {
  url: string
  /** Bodies of the requests. */
  received: Json[]
  stop(): void
}

/** Start one; `http2` for Amazon's client, which speaks nothing else. */
export async function startOther(
  answer: (path: string, body: Json, response: ServerResponse) => void,
  http2 = false,
): Promise<OtherProvider> {
  const received: Json[] = []
  const listen = (request: IncomingMessage | Http2ServerRequest, response: ServerResponse): void => {
    const chunks: Buffer[] = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", () => {
      const body = JSON.parse(String(Buffer.concat(chunks)) || "{}") as Json
      received.push(body)
      answer(request.url!.split("?")[0]!, body, response)
    })
  }
  const server = http2
    ? createServer2((request, response) => listen(request, response as unknown as ServerResponse))
    : createServer(listen)
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    stop: () => {
      if ("closeAllConnections" in server) server.closeAllConnections()
      server.close()
    },
  }
}

export function sendJson(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body))
}

/** Server-sent events, one write each. */
export function sendEvents(response: ServerResponse, events: readonly unknown[], last?: string): void {
  response.writeHead(200, { "content-type": "text/event-stream" })
  for (const event of events) response.write(`data: ${JSON.stringify(event)}\r\n\r\n`)
  if (last) response.write(`data: ${last}\n\n`)
  response.end()
}

/** Amazon's binary event stream. */
export function sendEventStream(response: ServerResponse, events: readonly (readonly [string, unknown])[]): void {
  response.writeHead(200, { "content-type": "application/vnd.amazon.eventstream" })
  for (const [type, payload] of events) response.write(frame(type, payload))
  response.end()
}

function frame(type: string, payload: unknown): Buffer {
  const headers = Buffer.concat([
    header(":event-type", type),
    header(":content-type", "application/json"),
    header(":message-type", "event"),
  ])
  const body = Buffer.from(JSON.stringify(payload))
  const prelude = Buffer.alloc(8)
  prelude.writeUInt32BE(16 + headers.length + body.length, 0)
  prelude.writeUInt32BE(headers.length, 4)
  const start = Buffer.concat([prelude, checksum(prelude), headers, body])
  return Buffer.concat([start, checksum(start)])
}

function header(name: string, value: string): Buffer {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(Buffer.byteLength(value))
  return Buffer.concat([Buffer.from([name.length]), Buffer.from(name), Buffer.from([7]), length, Buffer.from(value)])
}

function checksum(bytes: Buffer): Buffer {
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc32(bytes))
  return sum
}
