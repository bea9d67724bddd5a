import { baserun } from "baserun"
import OpenAI from "openai"
import { describe, expect, test } from "vitest"
import { providerUrl, recording } from "./support/recording.js"

async function ask(content: OpenAI.ChatCompletionMessageParam["content"]): Promise<void> {
  const openai = baserun.wrap(new OpenAI({ apiKey: "test", baseURL: `${providerUrl()}/v1` }))
  await openai.chat.completions.create({
    model: "gpt-4.1-mini",
    messages: [{ role: "user", content: content as string }],
  })
}

describe("captureContent: false", () => {
  const held = recording({ captureContent: false })

  test("sends structure and counts, and nothing that people wrote", async () => {
    await baserun.trace(async (_: string) => {
      await ask("my secret")
      baserun.log("l", "my secret")
      return "my secret"
    }, "t")("my secret")
    const collector = await held.arrived()
    expect(JSON.stringify([collector.spans, collector.records])).not.toContain("secret")
    expect(collector.span("chat gpt-4.1-mini").attributes["gen_ai.usage.input_tokens"]).toEqual(expect.any(Number))
  })
})

describe("redact", () => {
  const held = recording({ redact: [/\d{4}-\d{4}/] })

  test("patterns are replaced wherever people write", async () => {
    await baserun.trace(async (_: object) => {
      await ask("card 1234-5678")
      baserun.log("l", { card: "1234-5678" })
      return "card 1234-5678"
    }, "t")({ card: "1234-5678" })
    const collector = await held.arrived()
    const all = JSON.stringify([collector.spans, collector.records])
    expect(all).not.toContain("1234-5678")
    expect(all).toContain("card [redacted]")
  })
})

describe("size", () => {
  const held = recording({ maxContentBytes: 2_000 })

  test("what is too long is cut inside its texts, stays JSON and is marked", async () => {
    await ask([
      { type: "text", text: "short question" },
      { type: "image_url", image_url: { url: `data:image/png;base64,${"A".repeat(50_000)}` } },
    ] as never)
    const { attributes } = (await held.arrived()).span("chat gpt-4.1-mini")
    expect(attributes["baserun.content.truncated"]).toEqual(["gen_ai.input.messages"])
    const [message] = attributes["gen_ai.input.messages"] as {
      parts: { type: string; content: string; mime_type: string }[]
    }[]
    expect(message!.parts[0]).toEqual({ type: "text", content: "short question" })
    expect(message!.parts[1]).toMatchObject({ type: "blob", mime_type: "image/png" })
    expect(message!.parts[1]!.content.length).toBeLessThan(2_000)
  })

  test("any Unicode is fine, a lone half of a pair included", async () => {
    baserun.trace((_: string) => "ok", "odd")("\ud800 \u0000 👩‍👩‍👧 ﷽")
    expect((await held.arrived()).span("odd").attributes["baserun.output"]).toBe("ok")
  })
})

test("the bound of a content counts bytes, whatever the script", async () => {
  const { fits } = await import("../dist/esm/recording/_content.js")
  expect(["a".repeat(300), "é".repeat(150), "字".repeat(100)].map((text) => fits(text, 300))).toEqual([
    true,
    true,
    true,
  ])
  expect(["a".repeat(301), "é".repeat(151), "字".repeat(101)].map((text) => fits(text, 300))).toEqual([
    false,
    false,
    false,
  ])
})
