/** Colours for code in ten languages, as a rehype step. Its own chunk: loaded only where code is shown. */
import bash from "highlight.js/lib/languages/bash"
import css from "highlight.js/lib/languages/css"
import diff from "highlight.js/lib/languages/diff"
import go from "highlight.js/lib/languages/go"
import javascript from "highlight.js/lib/languages/javascript"
import json from "highlight.js/lib/languages/json"
import python from "highlight.js/lib/languages/python"
import sql from "highlight.js/lib/languages/sql"
import typescript from "highlight.js/lib/languages/typescript"
import xml from "highlight.js/lib/languages/xml"
import { createLowlight } from "lowlight"

const lowlight = createLowlight({ bash, css, diff, go, javascript, json, python, sql, typescript, xml })

type Node = { type: string; tagName?: string; value?: string; children?: Node[]; properties?: Record<string, unknown> }

/** Longer code stays plain, so that no block holds up the page. */
const UP_TO = 20_000

export function highlightCode() {
  return (tree: Node): void => {
    const stack = [tree]
    while (stack.length > 0) {
      const node = stack.pop()!
      const code = node.tagName === "pre" ? node.children?.[0] : undefined
      if (code?.tagName === "code") paint(code)
      else if (node.children) stack.push(...node.children)
    }
  }
}

function paint(code: Node): void {
  const names = code.properties?.["className"]
  const language = (Array.isArray(names) ? names : [])
    .map(String)
    .find((name) => name.startsWith("language-"))
    ?.slice(9)
  const text = code.children?.map((child) => child.value ?? "").join("") ?? ""
  if (!language || !lowlight.registered(language) || text.length > UP_TO) return
  code.children = lowlight.highlight(language, text).children as Node[]
}
