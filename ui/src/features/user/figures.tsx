import type { User } from "../../api/types"
import type { Figure } from "../../components/Figures"
import { compact, count, plural } from "../../format/number"
import { duration } from "../../format/time"
import { paths } from "../../paths"
import { Cost, Feedback } from "../list/rows/cells"

/** The figures of a user's page; without values while the user is loading. */
export function figuresOf(userId: string, user: User | undefined): Figure[] {
  const sessions = paths.user(userId, { tab: "sessions" })
  const failedTraces = paths.user(userId, { tab: "traces", filter: "errors>=1" })
  if (!user) return labels.map((label) => ({ label, value: undefined }))
  const { input_tokens: input, output_tokens: output } = user
  const calls =
    user.unpriced_calls > 0
      ? `${plural(user.unpriced_calls, "call")} without a known price`
      : plural(user.llm_calls, "LLM call")
  const errors = <span className={user.errors > 0 ? "text-error" : undefined}>{count(user.errors)}</span>
  const scores = user.feedback_up + user.feedback_down
  return [
    { label: "Sessions", value: count(user.sessions), note: plural(user.traces, "trace"), href: sessions },
    { label: "Cost", value: <Cost row={user} />, note: calls },
    { label: "Tokens", value: compact(input + output), note: `${compact(input)} in, ${compact(output)} out` },
    { label: "Errors", value: errors, note: plural(user.tool_calls, "tool call"), href: failedTraces },
    {
      label: "LLM latency, median",
      value: duration(user.latency_p50_ms),
      note: `p95 ${duration(user.latency_p95_ms)}`,
    },
    { label: "Feedback", value: <Feedback row={user} />, note: `${count(scores)} in total` },
  ]
}

const labels = ["Sessions", "Cost", "Tokens", "Errors", "LLM latency, median", "Feedback"]
