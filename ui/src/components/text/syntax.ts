/** Syntax highlighting for ten languages, as a rehype plugin. A chunk of its own, loaded only where there is code. */
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

/** Longer code stays plain, so that no block delays the page. */
const MOST_CHARACTERS = 20_000

export function highlightSyntax() {
  return (tree: Node): void => {
    const stack = [tree]
    while (stack.length > 0) {
      const node = stack.pop()!
      const code = node.tagName === "pre" ? node.children?.[0] : undefined
      if (code?.tagName === "code") highlight(code)
      else if (node.children) stack.push(...node.children)
    }
  }
}

function highlight(code: Node): void {
  const names = code.properties?.["className"]
  const language = (Array.isArray(names) ? names : [])
    .map(String)
    .find((name) => name.startsWith("language-"))
    ?.slice(9)
  const text = code.children?.map((child) => child.value ?? "").join("") ?? ""
  if (!language || !lowlight.registered(language) || text.length > MOST_CHARACTERS) return
  code.children = lowlight.highlight(language, text).children as Node[]
}
