/** The pages in a real browser, served by a real server. Every test ends with an empty list of problems. */
import { readFileSync } from "node:fs"
import type { Browser, Locator, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { base, launch, violations, Visit } from "./browser"
import { hostile, oddSession, oddUser, sendAll, sendTurn, sentence, waitForUsers } from "./traffic"

let browser: Browser
let sent: Awaited<ReturnType<typeof sendAll>>

beforeAll(async () => {
  if (base === "") throw new Error("`BASERUN_BROWSER_TEST_URL` is not set\n\nhint: run `./dev test tests/browser`")
  browser = await launch()
})
afterAll(async () => {
  await browser?.close()
})

const userOf = (id: string): string => `/users/${encodeURIComponent(id)}`
const sessionOf = (id: string): string => `/sessions/${encodeURIComponent(id)}`
const row = (page: Page, name: string | RegExp) =>
  page.getByRole("row").filter({ has: page.getByRole("link", { name }) })

test("an empty project shows a program to run, and fills when the first call arrives", async () => {
  const visit = await Visit.begin(browser, "/")
  await visit.page.getByRole("heading", { name: "No users yet" }).waitFor()
  await visit.page.getByText(base).first().waitFor()
  await visit.page.getByRole("tab", { name: "TypeScript" }).click()
  await visit.page.getByText("baserun.session").waitFor()
  await visit.page.goto(`${base}/users`)
  await visit.page.getByRole("heading", { name: "No users yet" }).waitFor()
  sent = await sendAll()
  await visit.page.getByRole("link", { name: "ada", exact: true }).waitFor({ timeout: 30_000 })
  await waitForUsers(265)
  expect(await visit.end()).toEqual([])
})

describe("from the users to a sentence inside a conversation", () => {
  test("with the pointer", async () => {
    const visit = await Visit.begin(browser, "/users")
    const { page } = visit
    await page.getByRole("combobox", { name: "Filter users" }).fill("ada")
    await row(page, "ada").getByRole("link", { name: "ada", exact: true }).click()
    await page.getByRole("heading", { name: "ada", level: 1 }).waitFor()
    await page.getByRole("tab", { name: "Sessions" }).click()
    await page.getByRole("link", { name: "Where is my order?" }).click()
    const conversation = page.getByRole("log", { name: "Conversation" })
    await conversation.getByText(sentence).waitFor()
    await conversation.getByRole("group", { name: "error" }).getByText("RateLimitError").waitFor()
    await conversation.getByText("that was quick").waitFor()
    await conversation.getByRole("button", { name: /search_orders/ }).click()
    await conversation.getByText("Open the span in its trace").click()
    await page.getByRole("complementary", { name: "Span" }).getByRole("heading", { name: "search_orders" }).waitFor()
    expect(await visit.end()).toEqual([])
  })

  test("with the keyboard alone", async () => {
    const visit = await Visit.begin(browser, "/users")
    const { page } = visit
    await page.getByRole("row").nth(5).waitFor()
    await page.keyboard.press("Control+k")
    await page.getByRole("dialog", { name: "Search everything" }).waitFor()
    await page.keyboard.type("order-of-ada")
    await page
      .getByRole("option", { name: /session/ })
      .first()
      .waitFor()
    await page.keyboard.press("Enter")
    await page.getByRole("log", { name: "Conversation" }).getByText(sentence).waitFor()
    await page.keyboard.press("e")
    await page.waitForURL(/turn=3/)
    await page.keyboard.press("1")
    await page.waitForURL(/show=talk/)
    await page.getByRole("button", { name: /search_orders/ }).waitFor({ state: "detached" })
    await page.keyboard.press("g")
    await page.keyboard.press("u")
    await page.getByRole("heading", { name: "Users", level: 1 }).waitFor()
    await page.getByRole("row").nth(5).waitFor()
    await page.keyboard.press("j")
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await page.waitForURL(/\/users\/.+/)
    expect(await visit.end()).toEqual([])
  })
})

test("a trace opens with its most telling span, which stays closed once it was closed", async () => {
  const visit = await Visit.begin(browser, `/traces/${sent.failed}`)
  const { page } = visit
  const span = page.getByRole("complementary", { name: "Span" })
  await span.getByText("RateLimitError").first().waitFor()
  await page.keyboard.press("Escape")
  await span.waitFor({ state: "detached" })
  await page.reload()
  await page.getByRole("row", { name: /chat gpt/ }).waitFor()
  expect(await span.count()).toBe(0)
  expect(await visit.end()).toEqual([])
})

describe("text that strangers wrote stays text", () => {
  test("in a conversation, in lists and in a span", async () => {
    const visit = await Visit.begin(browser, `${sessionOf("hostile")}?show=all`)
    const { page } = visit
    const conversation = page.getByRole("log", { name: "Conversation" })
    await conversation.getByText("<script>window.stolen = 1</script>").first().waitFor()
    await conversation.getByText("[image: a picture — https://foreign.example/leak.png?who=1]").waitFor()
    await conversation.getByText("RLO").waitFor()
    expect(
      await conversation
        .locator('script, img, iframe, style, [onclick], [onerror], a[href^="javascript"], a[href^="data"]')
        .count(),
    ).toBe(0)
    await page.goto(`${base}/sessions?q=stolen`)
    await page.getByRole("link", { name: /<script>/ }).waitFor()
    await page.goto(`${base}/traces?q=stolen`)
    await row(page, "answer").getByRole("link", { name: "answer" }).click()
    await page.getByRole("row", { name: /chat gpt/ }).click()
    await page.getByRole("tabpanel").getByText("<iframe srcdoc").first().waitFor()
    await page.getByRole("tab", { name: "Raw" }).click()
    expect(await page.evaluate(() => "stolen" in window)).toBe(false)
    expect(hostile.text).toContain("onerror")
    expect(await visit.end()).toEqual([])
  })

  test("ids of any characters work in every address", async () => {
    const visit = await Visit.begin(browser, userOf(oddUser))
    const { page } = visit
    await page
      .getByRole("region", { name: /Journey/ })
      .getByRole("link", { name: /Do odd names work/ })
      .click()
    await page.getByRole("log").getByText("They do.").waitFor()
    expect(new URL(page.url()).pathname).toBe(sessionOf(oddSession))
    await page.reload()
    await page.getByRole("log").getByText("They do.").waitFor()
    expect(await visit.end()).toEqual([])
  })
})

describe("addresses", () => {
  test("hold filter, order and columns, and show the same in another profile", async () => {
    const first = await Visit.begin(browser, "/sessions")
    await first.page.getByRole("combobox", { name: "Filter sessions" }).fill("errors>=1")
    await first.page.keyboard.press("Enter")
    await first.page.getByRole("button", { name: "Remove errors>=1" }).waitFor()
    await first.page.getByRole("button", { name: /^Cost/ }).click()
    await first.page.waitForURL(/sort=-cost_usd/)
    const address = first.page.url().slice(base.length)
    expect(await first.end()).toEqual([])
    const second = await Visit.begin(browser, address)
    await second.page
      .getByRole("columnheader", { name: "Cost" })
      .and(second.page.locator("[aria-sort=descending]"))
      .waitFor()
    await second.page.getByRole("link", { name: "Where is my order?" }).waitFor()
    expect(await second.page.getByRole("row").count()).toBe(2)
    expect(await second.end()).toEqual([])
  })

  test("of a distant turn open there", async () => {
    const visit = await Visit.begin(browser, `${sessionOf("long-talk")}?turn=40`)
    await visit.page.getByRole("region", { name: "Turn 40" }).getByText("Answer number 40").waitFor()
    await visit.page
      .getByRole("complementary", { name: "Turn details" })
      .getByRole("heading", { name: "Turn 40" })
      .waitFor()
    expect(await visit.end()).toEqual([])
  })

  test("with an unknown parameter say so, and apply the others", async () => {
    const visit = await Visit.begin(browser, "/users?colour=blue&q=ada")
    await visit.page.getByText("Ignored unknown parameters in the address:").waitFor()
    await visit.page.getByRole("link", { name: "ada", exact: true }).waitFor()
    expect(await visit.end()).toEqual([])
  })

  test("of nothing say what was not found", async () => {
    const visit = await Visit.begin(browser, userOf("f0".repeat(32)), { width: 390, height: 844 })
    await visit.page.getByRole("heading", { name: "User not found" }).waitFor()
    expect(await visit.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
    await visit.page.goto(`${base}/sessions/never-was`)
    await visit.page.getByRole("heading", { name: "Session not found" }).waitFor()
    await visit.page.goto(`${base}/no/such/page`)
    await visit.page.getByRole("heading", { name: "Page not found" }).waitFor()
    expect(await visit.end("404")).toEqual([])
  })

  test("with an invalid filter say so", async () => {
    const visit = await Visit.begin(browser, "/users?filter=errors")
    await visit.page.getByRole("alert").getByText("invalid_filter").waitFor()
    expect(await visit.end("400")).toEqual([])
  })
})

test("new data appears without a reload", async () => {
  const visit = await Visit.begin(browser, "/sessions")
  await visit.page.getByRole("row").nth(5).waitFor()
  await sendTurn({ user: "late", session: "late", asked: "Am I seen at once?", answered: "You are.", minutesAgo: 0 })
  await visit.page.getByRole("link", { name: "Am I seen at once?" }).waitFor({ timeout: 30_000 })
  expect(await visit.end()).toEqual([])
})

test("an unreachable server is reported, the page keeps its data, and the server's return is noticed", async () => {
  const visit = await Visit.begin(browser, sessionOf("order-of-ada"))
  await visit.page.getByText(sentence).waitFor()
  await visit.page.context().setOffline(true)
  await visit.page.getByText("The server has not responded since").waitFor()
  await visit.page.getByText(sentence).waitFor()
  await visit.page.context().setOffline(false)
  await visit.page.getByText("The server has not responded since").waitFor({ state: "detached" })
  expect(await visit.end("ERR_INTERNET_DISCONNECTED")).toEqual([])
})

test("the shortcuts of a page are listed", async () => {
  const visit = await Visit.begin(browser, "/sessions")
  await visit.page.getByRole("row").nth(5).waitFor()
  await visit.page.keyboard.press("?")
  const dialog = visit.page.getByRole("dialog", { name: "Keyboard shortcuts" })
  await dialog.getByText("Filter sessions").waitFor()
  await visit.page.keyboard.press("Escape")
  await dialog.waitFor({ state: "detached" })
  expect(await visit.end()).toEqual([])
})

test("a chosen theme applies before the first paint, and still after a reload", async () => {
  const visit = await Visit.begin(browser, "/users", { theme: "light" })
  await visit.page.getByRole("button", { name: /Theme: system/ }).click()
  await visit.page.getByRole("button", { name: /Theme: light/ }).click()
  await visit.page.reload({ waitUntil: "commit" })
  await visit.page.waitForFunction(() => document.body !== null)
  expect(await visit.page.evaluate(() => document.documentElement.dataset["theme"])).toBe("dark")
  expect(await visit.end()).toEqual([])
})

test("the overview leads from a figure, an interval and a failure to the rows behind them", async () => {
  const visit = await Visit.begin(browser, "/")
  const { page } = visit
  const chart = page.getByRole("region", { name: "Errors" })
  await chart.getByRole("slider").focus()
  await page.keyboard.press("End")
  await chart.getByRole("button", { name: "View as table" }).click()
  await chart.getByRole("table").getByRole("row").nth(1).waitFor()
  expect(await violations(page)).toEqual([])
  await page.getByRole("region", { name: "Needs attention" }).getByRole("link", { name: "Where is my order?" }).click()
  await page.getByRole("log").getByText(sentence).waitFor()
  await page.goBack()
  await page.locator("dl").getByRole("link").first().click()
  await page.waitForURL(/\/users\?from=now-24h/)
  await row(page, "ada").waitFor()
  expect(await visit.end()).toEqual([])
})

test("a list is exported with its filter, its order and every column", async () => {
  const visit = await Visit.begin(browser, "/sessions?filter=errors>=1")
  const { page } = visit
  await page.getByRole("link", { name: "Where is my order?" }).waitFor()
  await page.getByRole("button", { name: "Export" }).click()
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "JSON lines" }).click(),
  ])
  const lines = readFileSync(await file.path(), "utf8")
    .trimEnd()
    .split("\n")
  expect(file.suggestedFilename()).toBe("sessions.jsonl")
  expect(lines.map((line) => (JSON.parse(line) as { session_id: string }).session_id)).toEqual(["order-of-ada"])
  await page.getByText("Saved 1 session.").waitFor()
  expect(await violations(page)).toEqual([])
  expect(await visit.end()).toEqual([])
})

test("a conversation is copied as Markdown", async () => {
  const visit = await Visit.begin(browser, sessionOf("order-of-ada"))
  await visit.page.getByText(sentence).waitFor()
  await visit.page.getByRole("button", { name: "Copy session as Markdown" }).click()
  await visit.page.getByText("copied").first().waitFor({ state: "attached" })
  const text = await visit.page.evaluate(() => navigator.clipboard.readText())
  expect(text).toContain(sentence)
  expect(text).toContain("**tool `search_orders`**")
  expect(text).toContain(`${base}${sessionOf("order-of-ada")}`)
  expect(await visit.end()).toEqual([])
})

const order = (page: Page) => page.getByRole("link", { name: /Where is my order/ }).first()
const rows = (page: Page) => page.getByRole("row").nth(5)
const pages: [name: string, path: () => string, ready: (page: Page) => Locator][] = [
  ["overview", () => "/", order],
  ["users", () => "/users", rows],
  ["a user", () => userOf("ada"), order],
  ["a user's sessions", () => `${userOf("ada")}?tab=sessions`, order],
  ["a user's traces", () => `${userOf("ada")}?tab=traces`, (page) => page.getByRole("row").nth(2)],
  ["sessions", () => "/sessions", rows],
  ["a session", () => sessionOf("order-of-ada"), (page) => page.getByText(sentence)],
  ["all of a session", () => `${sessionOf("long-talk")}?show=all&turn=3`, (page) => page.getByText("Answer number 3")],
  ["traces", () => "/traces", rows],
  ["a failed span", () => `/traces/${sent.failed}?pill=errors`, (page) => page.getByRole("row", { name: /chat gpt/ })],
  ["2,002 spans", () => `/traces/${sent.wide}`, (page) => page.getByRole("row", { name: /step/ }).first()],
  ["connect", () => "/start", (page) => page.getByRole("tabpanel")],
  ["no results", () => "/users?q=nobody-at-all", (page) => page.getByText("No user matches these filters")],
]

describe.each(pages)("the page of %s", { concurrent: true }, (_, pathOf, ready) => {
  test("is accessible, light and dark", async () => {
    const visit = await Visit.begin(browser, pathOf(), { theme: "light" })
    await ready(visit.page).waitFor()
    expect(await violations(visit.page)).toEqual([])
    // The page follows the system while it is open.
    await visit.page.emulateMedia({ colorScheme: "dark" })
    await visit.page.waitForFunction(() => document.documentElement.dataset["theme"] === "dark")
    expect(await violations(visit.page)).toEqual([])
    expect(await visit.end()).toEqual([])
  })

  test("fits on a phone and has few elements", async () => {
    const visit = await Visit.begin(browser, pathOf(), { width: 390, height: 844 })
    await visit.page.getByRole("heading", { level: 1 }).waitFor()
    await visit.page.waitForLoadState("networkidle")
    expect(await visit.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
    expect(await visit.page.evaluate(() => document.querySelectorAll("*").length)).toBeLessThanOrEqual(1500)
    expect(await visit.end()).toEqual([])
  })
})

test("the palette and the column picker are accessible", async () => {
  const visit = await Visit.begin(browser, "/users")
  await visit.page.getByRole("row").nth(5).waitFor()
  await visit.page.getByRole("button", { name: "Columns" }).click()
  await visit.page.getByRole("checkbox", { name: "First seen" }).click()
  await visit.page.getByRole("columnheader", { name: "First seen" }).waitFor()
  expect(await violations(visit.page)).toEqual([])
  await visit.page.keyboard.press("Escape")
  await visit.page.keyboard.press("Control+k")
  await visit.page.getByRole("dialog", { name: "Search everything" }).waitFor()
  await visit.page.keyboard.type("grace")
  await visit.page.getByRole("option", { name: /grace/ }).first().waitFor()
  expect(await violations(visit.page)).toEqual([])
  expect(await visit.end()).toEqual([])
})

test("a user is counted, confirmed by id, erased, and leaves a receipt", async () => {
  const visit = await Visit.begin(browser, userOf("visitor-259"))
  const { page } = visit
  await page.getByRole("button", { name: "Erase" }).click()
  const dialog = page.getByRole("dialog", { name: "Erase user" })
  await dialog.getByText("spans", { exact: true }).waitFor()
  const erase = dialog.getByRole("button", { name: "Erase permanently" })
  expect(await violations(page)).toEqual([])
  await dialog.getByLabel("Type the id to confirm").fill("visitor-25")
  expect(await erase.isDisabled()).toBe(true)
  await dialog.getByLabel("Type the id to confirm").fill("visitor-259")
  await erase.click()
  await dialog.getByText("All data is gone, from the tables and from disk.").waitFor({ timeout: 60_000 })
  expect(await violations(page)).toEqual([])
  await page.goto(`${base}${userOf("visitor-259")}`)
  await page.getByText("User not found").waitFor()
  expect(await visit.end("404")).toEqual([])
})
