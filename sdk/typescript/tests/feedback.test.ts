import { baserun } from "baserun"
import { expect, test } from "vitest"
import { recording } from "./support/recording.js"

const held = recording()

test("feedback is 0 to 1 however it is given: a score counts before thumbs, thumbs before stars", async () => {
  baserun.feedback("a", { score: 0.9, thumbsup: false, stars: 1 })
  baserun.feedback("b", { thumbsup: true, stars: 1 })
  baserun.feedback("c", { stars: 4 })
  baserun.feedback("d", { thumbsup: false, comment: "useless" })
  const got = (await held.arrived()).events("gen_ai.evaluation.result").map((one) => one.attributes)
  expect(got.map((one) => [one["gen_ai.evaluation.score.value"], one["gen_ai.evaluation.score.label"]])).toEqual([
    [0.9, undefined],
    [1, "up"],
    [0.8, undefined],
    [0, "down"],
  ])
  expect(got[3]!["gen_ai.evaluation.explanation"]).toBe("useless")
})

test("an annotation is about the answer and the trace in which it was begun, wherever it is submitted", async () => {
  let annotation: ReturnType<typeof baserun.annotate> | undefined
  await baserun.session(
    () =>
      baserun.trace(() => {
        annotation = baserun.annotate("chatcmpl-1")
      }, "asked")(),
    { user: "ada", sessionId: "s-1" },
  )
  annotation!.feedback("helpful", { thumbsup: true, metadata: { comment: "nice" } })
  annotation!.check("polite", "contains", { word: "please" }, { text: "please" }, 1)
  annotation!.checkIncludes("greets", ["HELLO", "hi"], "well hello")
  annotation!.log("seen", { by: "ada" })
  annotation!.tag("topic", "refund")
  annotation!.input("name", "Ada")
  expect((await held.arrived()).events("baserun.log")).toEqual([])
  await annotation!.submit()
  const collector = await held.arrived()
  const span = collector.span("asked")
  const [helpful, polite, greets] = collector.events("gen_ai.evaluation.result")
  for (const record of [helpful!, polite!, greets!, ...collector.events("baserun.tag")]) {
    expect(record.traceId).toBe(span.traceId)
    expect(record.attributes).toMatchObject({
      "gen_ai.response.id": "chatcmpl-1",
      "session.id": "s-1",
      "user.id": "ada",
    })
  }
  expect(polite!.attributes).toMatchObject({ "baserun.score.source": "check", "gen_ai.evaluation.score.label": "pass" })
  expect(JSON.parse(String(polite!.attributes["baserun.score.expected"]))).toEqual({ word: "please" })
  expect(greets!.attributes["gen_ai.evaluation.score.value"]).toBe(1)
  expect(collector.events("baserun.log")[0]!.body).toEqual({ by: "ada" })
})

test("a log belongs to the running trace, and outside of one to the session, and is never lost", async () => {
  await baserun.session(
    () => {
      baserun.log("outside", "text")
      baserun.trace(() => baserun.log("inside", { n: 1, list: [1, "a"], none: null }), "t")()
    },
    { sessionId: "s-2" },
  )
  const collector = await held.arrived()
  const [outside, inside] = collector.events("baserun.log")
  expect(outside!.attributes).toMatchObject({ "baserun.log.name": "outside", "session.id": "s-2" })
  expect(outside!.body).toBe("text")
  expect(inside!.traceId).toBe(collector.span("t").traceId)
  expect(inside!.body).toMatchObject({ n: 1, list: [1, "a"] })
})

test("checks of a text return what they find and record it", async () => {
  expect(baserun.evals.includes("n", "abc", "zzc")).toBe(false)
  expect(baserun.evals.includes("n", "abc", ["x", "b"])).toBe(true)
  expect(baserun.evals.match("n", "hello world", "hello")).toBe(true)
  expect(baserun.evals.equals("n", "a", "a")).toBe(true)
  expect(baserun.evals.notFuzzyMatch("n", "a", "ab")).toBe(false)
  expect(baserun.evals.validJson("n", "{")).toBe(false)
  expect(baserun.evals.custom("n", "a", (text) => text === "a")).toBe(true)
  expect(await baserun.evals.customAsync("n", "a", async () => false)).toBe(false)
  const scores = (await held.arrived())
    .events("gen_ai.evaluation.result")
    .map((one) => one.attributes["gen_ai.evaluation.score.value"])
  expect(scores).toEqual([0, 1, 1, 1, 0, 0, 1, 0])
})

test("tags and variables", async () => {
  baserun.tag("topic", { deep: true })
  await baserun.submitInputVariable({ key: "name", value: "Ada", label: "who" })
  const collector = await held.arrived()
  expect(collector.events("baserun.tag")[0]!.attributes).toMatchObject({
    "baserun.tag.key": "topic",
    "baserun.tag.value": '{"deep":true}',
  })
  expect(collector.events("baserun.variable")[0]!.attributes).toMatchObject({
    "baserun.variable.key": "name",
    "baserun.variable.value": '"Ada"',
    "baserun.metadata.label": "who",
  })
})

test("what is out of scope says so, with what to do instead", () => {
  expect(() => baserun.formatPrompt("x")).toThrow(/formatPrompt\(\) is not offered[\s\S]*hint: /)
  expect(() => baserun.evals.modelGradedFact("x")).toThrow(/hint: /)
})

test("every record has an id of its own", async () => {
  for (let n = 0; n < 100; n += 1) baserun.log("n", `${n}`)
  const ids = (await held.arrived()).records.map((one) => one.attributes["baserun.event.id"])
  expect(new Set(ids).size).toBe(100)
})
