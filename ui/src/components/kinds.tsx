import { ArrowDown, Bot, Circle, Database, Minus, Square, Waypoints } from "lucide-react"
import type { Span } from "../api/types"

type Kind = Span["kind"]

/** Each kind of span has a colour and an icon, so that nothing depends on colour alone. */
export const kinds: Record<Kind, { label: string; text: string; bar: string; Icon: typeof Bot }> = {
  llm: { label: "LLM", text: "text-llm", bar: "bg-llm", Icon: Circle },
  tool: { label: "Tool", text: "text-tool", bar: "bg-tool", Icon: Square },
  retrieval: { label: "Retrieval", text: "text-retrieval", bar: "bg-retrieval", Icon: Database },
  agent: { label: "Agent", text: "text-agent", bar: "bg-agent", Icon: Bot },
  chain: { label: "Chain", text: "text-chain", bar: "bg-chain", Icon: Waypoints },
  embedding: { label: "Embedding", text: "text-embedding", bar: "bg-embedding", Icon: ArrowDown },
  other: { label: "Other", text: "text-chain", bar: "bg-chain", Icon: Minus },
}

export function KindIcon({ kind, size = 12 }: { kind: Kind; size?: number }) {
  const { Icon, label, text } = kinds[kind] ?? kinds.other
  return (
    <Icon
      size={size}
      role="img"
      aria-label={label}
      className={`shrink-0 ${text}`}
      fill={kind === "llm" ? "currentColor" : "none"}
      strokeWidth={2.2}
    />
  )
}
