import type { Score } from "../../api/types"

/** Whether a score is good, bad, or neither. */
export function verdictOf(score: Score): "good" | "bad" | "neither" {
  const label = score.label?.toLowerCase()
  if (label === "up" || label === "pass") return "good"
  if (label === "down" || label === "fail") return "bad"
  if (score.source === "feedback" && score.value !== null) return score.value >= 0.5 ? "good" : "bad"
  return "neither"
}
