// Takes the picture of the README: `node docs/pictures.mjs http://127.0.0.1:4318` while `./dev demo` serves there.
import { chromium } from "playwright-core"
import packed from "@sparticuz/chromium"

const base = process.argv[2]
const { items } = await (await fetch(`${base}/api/v1/sessions?limit=200`)).json()
// A conversation with everything: tools, an error on the way, a judgement, several turns.
const score = (s) =>
  (s.errors > 0) + 2 * (s.feedback_up > 0) + 2 * (s.tool_calls >= 3) + (s.user_id !== null) + Math.min(s.traces, 4)
const best = items.toSorted((a, b) => score(b) - score(a))[0]

const browser = await chromium.launch({
  executablePath: await packed.executablePath(),
  args: ["--no-sandbox", "--disable-gpu"],
})
const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, deviceScaleFactor: 1.5 })
await page.goto(`${base}/sessions/${encodeURIComponent(best.session_id)}`)
await page.waitForLoadState("networkidle")
await page.waitForTimeout(1500)
await page.screenshot({ path: new URL("session.png", import.meta.url).pathname })
await browser.close()
