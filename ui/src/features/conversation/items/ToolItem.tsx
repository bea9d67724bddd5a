import { Wrench } from "lucide-react"
import type { ToolUse } from "../../../api/types"
import { Link } from "../../../components/Link"
import { Json } from "../../../components/text/Json"
import { Visible } from "../../../components/text/Visible"
import { asText, oneLine } from "../../../format/text"
import { duration } from "../../../format/time"
import { paths } from "../../../paths"
import { Fold } from "./Fold"

/** A tool call with its result, on one line: `search(user=9) → 3 rows`. */
export function ToolItem({ tool, traceId }: { tool: ToolUse; traceId: string }) {
  const failed = tool.status === "error"
  const outcome = outcomeOf(tool)
  return (
    <Fold
      dashed
      failed={failed}
      icon={<Wrench size={13} aria-hidden className={failed ? "text-error" : "text-tool"} />}
      label={
        <span className="font-mono text-small">
          <span className="sr-only">tool </span>
          <Visible text={tool.name} />
        </span>
      }
      summary={
        <>
          <span className="font-mono text-faint">({oneLine(argumentsOf(tool.arguments), 70)})</span>
          {outcome && (
            <span className={failed ? "text-error" : undefined}>
              {" "}
              → <Visible text={outcome} />
            </span>
          )}
        </>
      }
      aside={tool.duration_ms === null ? null : duration(tool.duration_ms)}
    >
      <h4 className={heading}>Arguments</h4>
      <Json value={tool.arguments} label="arguments" />
      <h4 className={heading}>{failed ? "Error" : "Result"}</h4>
      {failed && (
        <p className="text-small text-error">
          <Visible text={tool.status_message ?? "failed without a message"} />
        </p>
      )}
      {(tool.result !== null || !failed) && <Json value={tool.result} label="result" />}
      {tool.span_id && (
        <Link
          href={paths.span(traceId, tool.span_id)}
          className="mt-2 inline-block text-small text-accent hover:underline"
        >
          Open the span in its trace
        </Link>
      )}
    </Fold>
  )
}

const heading = "mt-2 mb-1 text-label font-medium text-faint first:mt-0"

function outcomeOf(tool: ToolUse): string | null {
  if (tool.status === "error") return tool.status_message ?? "failed"
  return tool.result === null || tool.result === undefined ? null : oneLine(asText(tool.result, 0), 90)
}

/** `{ user: 9, limit: 3 }` → `user=9, limit=3`. */
function argumentsOf(value: unknown): string {
  let known = value
  if (typeof value === "string" && value.trim().startsWith("{")) {
    try {
      known = JSON.parse(value) as unknown
    } catch {
      return value
    }
  }
  if (known === null || known === undefined) return ""
  if (typeof known !== "object" || Array.isArray(known)) return asText(known, 0)
  return Object.entries(known)
    .map(([name, one]) => `${name}=${asText(one, 0)}`)
    .join(", ")
}
