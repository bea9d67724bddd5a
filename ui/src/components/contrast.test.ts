import { readFileSync } from "node:fs"
import { describe, expect, test } from "vitest"

const styles = readFileSync(new URL("../styles.css", import.meta.url), "utf8")
const tokensOf = (selector: string): Record<string, string> => {
  const block = styles.slice(styles.indexOf(`${selector} {`)).split("}")[0]!
  return Object.fromEntries(
    [...block.matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name!, value!]),
  )
}
const themes = { light: tokensOf(":root"), dark: tokensOf(':root[data-theme="dark"]') }

const channel = (value: number): number => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
const luminance = (colour: string): number => {
  const [r, g, b] = [1, 3, 5].map((at) => channel(parseInt(colour.slice(at, at + 2), 16) / 255))
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!
}
const ratio = (a: string, b: string): number => {
  const [high, low] = [luminance(a), luminance(b)].toSorted((x, y) => y - x)
  return (high! + 0.05) / (low! + 0.05)
}

describe.each(Object.entries(themes))("in the %s theme", (_, token) => {
  const surfaces = ["background", "raised", "inset", "hover", "selected"]
  const texts = [
    "text",
    "secondary",
    "faint",
    "accent",
    "good",
    "warning",
    "error",
    "llm",
    "tool",
    "retrieval",
    "chain",
    "embedding",
  ]
  test.each(texts.flatMap((text) => surfaces.map((surface) => [text, surface])))(
    "%s can be read on %s",
    (text, surface) => {
      expect(ratio(token[text!]!, token[surface!]!)).toBeGreaterThanOrEqual(4.5)
    },
  )
  test.each(["good", "warning", "error"])("%s can be read on its tint", (name) => {
    expect(ratio(token[name]!, token[`${name}-tint`]!)).toBeGreaterThanOrEqual(4.5)
  })
  test.each(["accent", "llm", "tool", "retrieval", "chain", "embedding", "error"])(
    "a label can be read inside of a bar of %s",
    (name) => {
      expect(ratio(token["on-accent"]!, token[name]!)).toBeGreaterThanOrEqual(4.5)
    },
  )
  test.each(["background", "raised"])("the border of a control is seen on %s", (surface) => {
    expect(ratio(token["control"]!, token[surface]!)).toBeGreaterThanOrEqual(3)
  })
})
