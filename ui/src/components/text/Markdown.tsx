/**
 * Untrusted Markdown. No HTML string ever reaches the page: react-markdown creates elements, raw HTML is turned into
 * text before that, and the sanitiser backs up both. Images are never loaded; links show where they lead.
 */
import { useEffect, useMemo, useState, type ComponentProps } from "react"
import ReactMarkdown, { type Components } from "react-markdown"
import rehypeSanitize, { defaultSchema } from "rehype-sanitize"
import remarkGfm from "remark-gfm"
import { bytes } from "../../format/number"
import { segments } from "../../format/text"
import { control } from "../classes"
import { LongText } from "./LongText"
import { hiddenCharacter } from "./Visible"

/** Longer texts are plain until the reader asks for Markdown, which takes about 8 ms per KB. */
const PLAIN_FROM = 16_384
/** Even longer texts are always plain. */
const ALWAYS_PLAIN_FROM = 16 * PLAIN_FROM

export function Markdown({ text }: { text: string }) {
  const [wanted, setWanted] = useState(false)
  if (text.length <= PLAIN_FROM || (wanted && text.length < ALWAYS_PLAIN_FROM)) return <Rendered text={text} />
  return (
    <div className="flex flex-col gap-2">
      <LongText text={text} />
      {text.length < ALWAYS_PLAIN_FROM && (
        <button type="button" className={`${control} self-start`} onClick={() => setWanted(true)}>
          Render {bytes(text.length)} as Markdown
        </button>
      )}
    </div>
  )
}

function Rendered({ text }: { text: string }) {
  const highlight = useSyntax(text.includes("```"))
  const rehype = useMemo(
    (): Plugins => [[rehypeSanitize, schema], showHidden, ...(highlight ? [highlight] : [])],
    [highlight],
  )
  return (
    <div className="prose-talk" dir="auto">
      <ReactMarkdown remarkPlugins={remark} rehypePlugins={rehype} components={components} urlTransform={safeAddress}>
        {text}
      </ReactMarkdown>
    </div>
  )
}

type Plugins = NonNullable<ComponentProps<typeof ReactMarkdown>["rehypePlugins"]>
type Node = {
  type: string
  value?: string
  url?: string
  alt?: string | null
  tagName?: string
  children?: Node[]
  properties?: Record<string, unknown>
}

const schema = {
  ...defaultSchema,
  tagNames: defaultSchema.tagNames?.filter((name) => name !== "img" && name !== "input"),
}

/** Only `http`, `https` and `mailto`; any other address is removed. */
export function safeAddress(address: string): string {
  return /^(https?:|mailto:)/i.test(address.trim()) ? address : ""
}

// Raw HTML becomes text; an image becomes its description and address.
function htmlAsText() {
  return (tree: Node): void => {
    walk(tree, (node) => {
      if (node.type === "html") node.type = "text"
      if (node.type === "image") {
        node.type = "text"
        node.value = `[image: ${node.alt || "no description"} — ${node.url ?? ""}]`
        delete node.children
      }
      if (node.type === "imageReference") {
        node.type = "text"
        node.value = `[image: ${node.alt || "no description"}]`
      }
    })
  }
}

// Invisible characters become boxes with their names, in text and in code.
function showHidden() {
  return (tree: Node): void => {
    walk(tree, (node) => {
      node.children = node.children?.flatMap((child): Node[] => {
        if (child.type !== "text" || child.value === undefined) return [child]
        return segments(child.value).map(({ kind, text }) => (kind === "text" ? textNode(text) : hiddenNode(text)))
      })
    })
  }
}

const textNode = (value: string): Node => ({ type: "text", value })
const hiddenNode = (name: string): Node => ({
  type: "element",
  tagName: "span",
  properties: { className: hiddenCharacter.split(" ") },
  children: [textNode(name)],
})

function walk(tree: Node, see: (node: Node) => void): void {
  const stack = [tree]
  while (stack.length > 0) {
    const node = stack.pop()!
    see(node)
    if (node.children) stack.push(...node.children)
  }
}

const remark: Plugins = [remarkGfm, htmlAsText]

const components: Components = {
  a: ({ href, children }) => {
    if (!href) return <span>{children}</span>
    const host = hostOf(href)
    const shown = typeof children === "string" && children.includes(host)
    return (
      <>
        <a href={href} target="_blank" rel="noopener noreferrer nofollow">
          {children}
        </a>
        {!shown && host && <span className="text-faint"> ({host})</span>}
      </>
    )
  },
  // Code scrolls, so it must be reachable by keyboard.
  // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
  pre: ({ children }) => <pre tabIndex={0}>{children}</pre>,
}

function hostOf(address: string): string {
  try {
    const url = new URL(address)
    return url.protocol === "mailto:" ? url.pathname : url.host
  } catch {
    return ""
  }
}

type Highlight = typeof import("./syntax").highlightSyntax
let loaded: Highlight | undefined

// Syntax highlighting is loaded after the first paint, and only where there is code.
function useSyntax(needed: boolean): Highlight | undefined {
  const [, setReady] = useState(Boolean(loaded))
  useEffect(() => {
    if (!needed || loaded) return
    let gone = false
    void import("./syntax").then((module) => {
      loaded = module.highlightSyntax
      if (!gone) setReady(true)
    })
    return () => {
      gone = true
    }
  }, [needed])
  return needed ? loaded : undefined
}
