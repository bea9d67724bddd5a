/**
 * Untrusted Markdown. No string of HTML ever reaches the page: react-markdown makes elements, raw HTML is turned into
 * text before that, and the sanitiser stands behind both. Pictures are never loaded; links show where they lead.
 */
import { useEffect, useMemo, useState, type ComponentProps } from "react"
import ReactMarkdown, { type Components } from "react-markdown"
import rehypeSanitize, { defaultSchema } from "rehype-sanitize"
import remarkGfm from "remark-gfm"
import { bytes } from "../../format/number"
import { segments } from "../../format/text"
import { control } from "../classes"
import { LongText } from "./LongText"

/** Parts above this are shown as plain text until somebody asks: Markdown costs about 8 ms per KB. */
const MARKDOWN_UP_TO = 16_384

export function Markdown({ text }: { text: string }) {
  const [asked, setAsked] = useState(false)
  if (text.length > MARKDOWN_UP_TO && !(asked && text.length < 16 * MARKDOWN_UP_TO)) {
    return (
      <div className="flex flex-col gap-2">
        <LongText text={text} />
        {text.length < 16 * MARKDOWN_UP_TO && (
          <button type="button" className={`${control} self-start`} onClick={() => setAsked(true)}>
            Render {bytes(text.length)} as Markdown
          </button>
        )}
      </div>
    )
  }
  return <Rendered text={text} />
}

function Rendered({ text }: { text: string }) {
  const highlight = useHighlight(text.includes("```"))
  const rehype = useMemo(
    (): Plugins => [[rehypeSanitize, schema], markHidden, ...(highlight ? [highlight] : [])],
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

/** `http`, `https` and `mailto` only; anything else has no address. */
export function safeAddress(address: string): string {
  return /^(https?:|mailto:)/i.test(address.trim()) ? address : ""
}

// Raw HTML becomes the text that it is; pictures become their description and address; tasks become signs.
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

// Characters that cannot be seen become boxes with their names, in text and in code.
function markHidden() {
  return (tree: Node): void => {
    walk(tree, (node) => {
      node.children = node.children?.flatMap((child): Node[] => {
        if (child.type !== "text" || child.value === undefined) return [child]
        const parts = segments(child.value)
        if (parts.length <= 1 && parts[0]?.kind !== "mark") return [child]
        return parts.map((part) =>
          part.kind === "text"
            ? { type: "text", value: part.text }
            : {
                type: "element",
                tagName: "span",
                properties: {
                  className: [
                    "rounded-chip",
                    "border",
                    "border-control",
                    "px-0.5",
                    "font-mono",
                    "text-label",
                    "text-secondary",
                  ],
                },
                children: [{ type: "text", value: part.text }],
              },
        )
      })
    })
  }
}

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
  // Long lines of code scroll, so they must be reachable by keyboard.
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

type Highlight = typeof import("./syntax").highlightCode
let loaded: Highlight | undefined

// The highlighter comes after the first paint, and only where there is code.
function useHighlight(needed: boolean): Highlight | undefined {
  const [, setReady] = useState(Boolean(loaded))
  useEffect(() => {
    if (!needed || loaded) return
    let gone = false
    void import("./syntax").then((module) => {
      loaded = module.highlightCode
      if (!gone) setReady(true)
    })
    return () => {
      gone = true
    }
  }, [needed])
  return needed ? loaded : undefined
}
