import { segments } from "../../format/text"

/** Untrusted text; characters that one would not see are drawn as small boxes with their names. */
export function Visible({ text }: { text: string }) {
  const parts = segments(text)
  if (parts.length === 1 && parts[0]!.kind === "text") return text
  return parts.map((part, index) =>
    part.kind === "text" ? (
      part.text
    ) : (
      <span
        key={index}
        className="mx-px rounded-chip border border-control px-0.5 font-mono text-label text-secondary"
        title={`invisible character ${part.text}`}
      >
        {part.text}
      </span>
    ),
  )
}
