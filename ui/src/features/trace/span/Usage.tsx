import type { ReactNode } from "react"
import type { Span } from "../../../api/types"
import { count } from "../../../format/number"
import { duration } from "../../../format/time"
import { Facts } from "./Facts"

/** Tokens, cost and times of a span, and where its cost comes from. */
export function Usage({ span }: { span: Span }) {
  const { usage, cost_usd, time_to_first_token_ms, duration_ms } = span
  const isAside = span.cost_reported_usd !== null && span.cost_source !== "reported"
  const reported = isAside ? `$${span.cost_reported_usd}` : null
  return (
    <div className="flex flex-col gap-3">
      <Facts
        rows={{
          "Input tokens": tokens(usage?.input_tokens),
          "of which cached": tokens(usage?.cached_tokens),
          "of which written to the cache": tokens(usage?.cache_write_tokens),
          "Output tokens": tokens(usage?.output_tokens),
          "of which reasoning": tokens(usage?.reasoning_tokens),
          // Unrounded, so that it can be checked against a bill.
          Cost: cost_usd === null ? <span className="text-faint">unknown</span> : `$${cost_usd}`,
          "Cost as reported by the sender": reported,
          "Time to first token": time_to_first_token_ms === null ? null : duration(time_to_first_token_ms),
          Duration: duration(duration_ms),
        }}
      />
      <p className="text-small text-secondary">
        {costNote(span)}
        {span.duplicate_of && " Another span already counts this call, so this one is not part of any total."}
      </p>
    </div>
  )
}

const tokens = (value: number | null | undefined): ReactNode =>
  value === null || value === undefined ? <span className="text-faint">not reported</span> : count(value)

function costNote({ cost_source, kind }: Span): string | null {
  if (cost_source === "computed")
    return "The cost was computed from the tokens and Baserun's prices when the call arrived. It does not change later."
  if (cost_source === "reported") return "The sender reported the cost."
  return kind === "llm" ? "The cost is unknown: the model has no known price, or the token counts are missing." : null
}
