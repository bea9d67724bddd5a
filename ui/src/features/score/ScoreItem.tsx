import { Check, ThumbsDown, ThumbsUp } from "lucide-react"
import type { Score } from "../../api/types"
import { join } from "../../components/classes"
import { Visible } from "../../components/text/Visible"
import { verdictOf } from "./verdict"

const colours = { good: "bg-good-tint text-good", bad: "bg-error-tint text-error", neither: "bg-inset text-secondary" }

/** A score: its name, its value or label, and the comment that came with it. */
export function ScoreItem({ score }: { score: Score }) {
  const verdict = verdictOf(score)
  const Icon = verdict === "bad" ? ThumbsDown : score.source === "feedback" && verdict === "good" ? ThumbsUp : Check
  const value = score.label || (score.value === null ? "" : String(Number(score.value.toFixed(3))))
  const colour = colours[verdict]
  return (
    <p className={join("flex w-fit max-w-full items-start gap-2 rounded-control px-2 py-1 text-small", colour)}>
      <Icon size={13} aria-hidden className="mt-[2px] shrink-0" />
      <span className="min-w-0 [overflow-wrap:anywhere]">
        <span className="font-medium">
          <Visible text={score.name} />
        </span>{" "}
        {value}
        {score.comment && (
          <span>
            : “<Visible text={score.comment} />”
          </span>
        )}
      </span>
    </p>
  )
}

/** The scores of a whole session or trace, in a bar above its content. */
export function ScoreBar({ scores }: { scores: readonly Score[] }) {
  if (scores.length === 0) return null
  return (
    <div className="flex flex-wrap gap-2 border-b border-hairline px-4 py-2">
      {scores.map((score) => (
        <ScoreItem key={score.score_id} score={score} />
      ))}
    </div>
  )
}
