import { baserun } from "baserun"
import { createHmac } from "node:crypto"
import { describe, expect, test, vi } from "vitest"
import { hmacSha256, sha256 } from "../dist/esm/platform/_sha256.js"
import { isKept } from "../dist/esm/recording/_sampling.js"
import { createHash } from "node:crypto"
import { recording } from "./support/recording.js"

describe("hashing", () => {
  const held = recording({ hashUsers: true, userHashKey: "secret" })
  const hashed = createHmac("sha256", "secret").update("ada@example.com").digest("hex")

  test("with hashUsers no plain user leaves the process, by whatever call it was given", async () => {
    await baserun.session(() => baserun.trace(async () => 1, { name: "own", user: "ada@example.com" })(), {
      user: "ada@example.com",
    })
    baserun.identify("ada@example.com", { plan: "pro" })
    const collector = await held.arrived()
    expect(collector.span("own").attributes["user.id"]).toBe(hashed)
    expect(JSON.stringify([collector.spans, collector.records])).not.toContain("ada@")
    expect(collector.events("baserun.user.identify")[0]!.attributes).toMatchObject({
      "user.id": hashed,
      "baserun.trait.plan": "pro",
    })
  })

  test("hashIdentifier gives the same hash, also with another key", () => {
    expect(baserun.hashIdentifier("ada@example.com")).toBe(hashed)
    expect(baserun.hashIdentifier("ada", "other")).toBe(createHmac("sha256", "other").update("ada").digest("hex"))
  })
})

describe("in plain", () => {
  const held = recording({ quiet: false })

  test("identify sends traits and alias, and names the user of a session that has none", async () => {
    await baserun.session(
      () => {
        baserun.identify("ada", { plan: "pro", age: 7 }, { alias: "anonymous-1" })
        return baserun.trace(async () => 1, "after")()
      },
      { sessionId: "s-1" },
    )
    const collector = await held.arrived()
    expect(collector.span("after").attributes["user.id"]).toBe("ada")
    expect(collector.events("baserun.user.identify")[0]!.attributes).toMatchObject({
      "user.id": "ada",
      "session.id": "s-1",
      "baserun.trait.plan": "pro",
      "baserun.trait.age": 7,
      "baserun.user.alias": "anonymous-1",
    })
  })

  test("an e-mail address as a user is warned about once, with a hint", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined)
    await baserun.session(() => 1, { user: "ada@example.com" })
    await baserun.session(() => 1, { user: "eve@example.com" })
    const told = warn.mock.calls.map(String).filter((one) => one.includes("e-mail"))
    warn.mockRestore()
    expect(told).toHaveLength(1)
    expect(told[0]).toContain("hint:")
    expect(told[0]).not.toContain("ada@")
  })

  test("without a key hashing says what to set", async () => {
    delete process.env["BASERUN_USER_HASH_KEY"]
    expect(() => baserun.hashIdentifier("ada")).toThrow("hint: set BASERUN_USER_HASH_KEY")
    expect(() => baserun.init({ hashUsers: true })).toThrow("hint: set BASERUN_USER_HASH_KEY")
  })
})

describe("the hash for platforms that have none to call", () => {
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex")

  test("is SHA-256 and HMAC at every length around the blocks", () => {
    for (let length = 0; length < 200; length += 1) {
      const bytes = Buffer.from(Array.from({ length }, (_, n) => (n * 31 + length) % 256))
      expect(hex(sha256(bytes))).toBe(createHash("sha256").update(bytes).digest("hex"))
      expect(hex(hmacSha256(bytes, bytes))).toBe(createHmac("sha256", bytes).update(bytes).digest("hex"))
    }
  })
})

describe("sampling", () => {
  const held = recording({ sampleRate: 0.5 })

  test("a session is kept or dropped whole, by its id alone", async () => {
    for (let n = 0; n < 60; n += 1) {
      await baserun.session(
        () => {
          baserun.log("note", "x")
          baserun.trace(() => 1, "work")()
        },
        { sessionId: `s-${n}` },
      )
    }
    const collector = await held.arrived()
    const kept = Array.from({ length: 60 }, (_, n) => `s-${n}`).filter((id) => isKept(id, 0.5))
    expect(collector.spans.map((one) => one.attributes["session.id"])).toEqual(kept)
    expect(collector.events("session.start").map((one) => one.attributes["session.id"])).toEqual(kept)
    expect(collector.events("baserun.log").map((one) => one.attributes["session.id"])).toEqual(kept)
    expect(kept.length).toBeGreaterThan(15)
    expect(kept.length).toBeLessThan(45)
  })
})
