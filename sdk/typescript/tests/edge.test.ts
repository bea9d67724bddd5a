import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { expect, test } from "vitest"
import { application, run } from "./support/program.js"
import { Collector } from "./support/collector.js"

// Node with the conditions of an edge runtime: what the bundlers of these runtimes choose.
const edge = (files: Record<string, string>, env: Record<string, string>): ReturnType<typeof run> =>
  run(application(files), ["--conditions=edge-light", "app.mjs"], env)

test("at the edge an explicit flush delivers, the context is the platform's and nothing of Node is needed", async () => {
  const collector = await Collector.start()
  const server = createServer((_, response) =>
    response.writeHead(200, { "content-type": "application/json" }).end(
      JSON.stringify({
        id: "c-1",
        model: "m",
        choices: [{ index: 0, message: { role: "assistant", content: "ok" }, finish_reason: "stop" }],
      }),
    ),
  )
  await new Promise<void>((resolve) => server.listen(0, resolve))
  const { code, stderr } = await edge(
    {
      "app.mjs": `import { AsyncLocalStorage } from "node:async_hooks"; globalThis.AsyncLocalStorage = AsyncLocalStorage
        const { baserun } = await import("baserun"); const { default: OpenAI } = await import("openai")
        await baserun.init({ raiseFaults: true, userHashKey: "k", hashUsers: true })
        const openai = baserun.wrap(new OpenAI())
        await baserun.session(() => openai.chat.completions.create({ model: "m", messages: [{ role: "user", content: "Hi" }] }), { user: "ada", sessionId: "s-1" })
        await baserun.flush()`,
    },
    {
      BASERUN_URL: collector.url,
      OPENAI_API_KEY: "test",
      OPENAI_BASE_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    },
  )
  server.close()
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
  expect(collector.spans).toHaveLength(1)
  expect(collector.spans[0]!.attributes).toMatchObject({
    "session.id": "s-1",
    "user.id": expect.stringMatching(/^[0-9a-f]{64}$/),
  })
  await collector.stop()
})
