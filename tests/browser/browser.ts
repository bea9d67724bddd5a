/** A real browser for the tests, and a page that records everything that must never happen. */
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { arch, platform } from "node:os"
import { chromium, type Browser, type Page } from "playwright-core"

/** The server under test; it must be empty for the first test. */
export const base = process.env["BASERUN_BROWSER_TEST_URL"] ?? ""

export type Look = { theme?: "light" | "dark"; width?: number; height?: number }

/** The path of the browser that an environment variable names, else of the one that npm installs (Linux on x64). */
async function findBrowser(): Promise<string> {
  const named = process.env["BASERUN_TEST_CHROMIUM"]
  if (named) return named
  if (platform() !== "linux" || arch() !== "x64") {
    throw new Error(
      "no browser for this machine\n\nhint: set `BASERUN_TEST_CHROMIUM` to the path of an installed Chromium or Chrome",
    )
  }
  const { default: packed } = await import("@sparticuz/chromium")
  return packed.executablePath()
}

export async function launch(): Promise<Browser> {
  // Not the package's own flags: they are meant for a single process, and switch off security.
  return chromium.launch({
    executablePath: await findBrowser(),
    args: ["--no-sandbox", "--disable-gpu", "--font-render-hinting=none"],
  })
}

/** A page in its own profile. `problems` collects console errors, policy violations and requests to other servers. */
export class Visit {
  readonly problems: string[] = []
  readonly page: Page

  private constructor(page: Page) {
    this.page = page
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning")
        this.problems.push(`console: ${message.text()} ${message.location().url}`)
    })
    page.on("pageerror", (error) => this.problems.push(`uncaught: ${error.message}`))
    page.on("dialog", (dialog) => {
      this.problems.push(`dialog: ${dialog.message()}`)
      void dialog.dismiss()
    })
    page.on("request", (request) => {
      if (!request.url().startsWith(`${base}/`)) this.problems.push(`foreign request: ${request.url()}`)
    })
  }

  static async begin(
    browser: Browser,
    path: string,
    { theme = "light", width = 1440, height = 900 }: Look = {},
  ): Promise<Visit> {
    const context = await browser.newContext({
      viewport: { width, height },
      colorScheme: theme,
      reducedMotion: "reduce",
    })
    await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: base })
    const visit = new Visit(await context.newPage())
    await visit.page.goto(`${base}${path}`)
    return visit
  }

  /** Close the profile and return its problems, without those that the test expects (`404`). */
  async end(...expected: string[]): Promise<string[]> {
    await this.page.context().close()
    return this.problems.filter((problem) => !expected.some((words) => problem.includes(words)))
  }
}

const require = createRequire(import.meta.url)

/** Violations of WCAG 2.2 A and AA on the page, one line each. */
export async function violations(page: Page): Promise<string[]> {
  // Evaluated by the debugger, to which the page's policy does not apply.
  await page.evaluate(readFileSync(require.resolve("axe-core/axe.min.js"), "utf8"))
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: typeof import("axe-core") }
    const found = await axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] })
    return found.violations.flatMap((rule) =>
      rule.nodes.map(
        (node) => `${rule.id}: ${node.html.slice(0, 160)} — ${node.failureSummary?.split("\n")[1]?.trim() ?? ""}`,
      ),
    )
  })
}
