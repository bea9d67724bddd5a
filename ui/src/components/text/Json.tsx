import { useMemo } from "react"
import { JsonView } from "react-json-view-lite"
import { asText } from "../../format/text"
import { join } from "../classes"
import { Copy } from "../Copy"
import { LongText } from "./LongText"

/** A larger tree would freeze the page; windowed text does not. */
const MOST_NODES = 2_000

// The library's own style sheet has colours of its own; these classes replace it.
const classes = {
  container: "font-mono text-small [overflow-wrap:anywhere] whitespace-pre-wrap",
  basicChildStyle: "pl-4",
  childFieldsContainer: "",
  label: "text-secondary mr-1",
  clickableLabel: "text-secondary mr-1 cursor-pointer",
  nullValue: "text-faint",
  undefinedValue: "text-faint",
  numberValue: "text-tool",
  stringValue: "text-text",
  booleanValue: "text-llm",
  otherValue: "text-text",
  punctuation: "text-faint",
  collapseIcon: "cursor-pointer mr-1 text-faint after:content-['▾']",
  expandIcon: "cursor-pointer mr-1 text-faint after:content-['▸']",
  collapsedContent: "cursor-pointer text-faint after:content-['…'] mr-1",
  noQuotesForStringValues: false,
  quotesForFieldNames: false,
  ariaLables: { collapseJson: "Collapse", expandJson: "Expand" },
  stringifyStringValues: false,
}

const onHover = "opacity-0 group-focus-within/json:opacity-100 group-hover/json:opacity-100"

/** Any value: text as text, structures as a collapsible tree, very large ones as windowed text. */
export function Json({ value, label, open = 2 }: { value: unknown; label: string; open?: number }) {
  const structure = useMemo(() => parsed(value), [value])
  if (structure === null || typeof structure !== "object") return <LongText text={asText(structure) || "–"} />
  const nodes = countNodes(structure, MOST_NODES)
  return (
    <div className="group/json relative">
      {nodes >= MOST_NODES ? (
        <LongText text={asText(structure)} />
      ) : (
        <JsonView data={structure} style={classes} shouldExpandNode={(level) => level < open} aria-label={label} />
      )}
      <span className={join("absolute top-0 right-0", onHover)}>
        <Copy text={() => asText(structure)} label={`Copy ${label}`} />
      </span>
    </div>
  )
}

// Tools often return JSON as text; a tree is easier to read.
function parsed(value: unknown): unknown {
  if (typeof value !== "string" || value.length > 200_000 || !/^\s*[[{]/.test(value)) return value
  try {
    return JSON.parse(value) as unknown
  } catch {
    return value
  }
}

function countNodes(value: object, limit: number): number {
  const stack: unknown[] = [value]
  let nodes = 0
  while (stack.length > 0 && nodes < limit) {
    const next = stack.pop()
    nodes += 1
    if (next !== null && typeof next === "object") stack.push(...Object.values(next).slice(0, limit))
  }
  return nodes
}
