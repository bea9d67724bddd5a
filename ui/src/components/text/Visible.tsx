import { segments } from "../../format/text"
import { join } from "../classes"

/** The box that shows an invisible character. */
export const hiddenCharacter = "rounded-chip border border-control px-0.5 font-mono text-label text-secondary"

/** Untrusted text; invisible characters appear as small boxes with their names. */
export function Visible({ text }: { text: string }) {
  const all = segments(text)
  if (all.length === 1 && all[0]!.kind === "text") return text
  return all.map((segment, index) =>
    segment.kind === "text" ? (
      segment.text
    ) : (
      <span key={index} className={join("mx-px", hiddenCharacter)} title={`invisible character ${segment.text}`}>
        {segment.text}
      </span>
    ),
  )
}
