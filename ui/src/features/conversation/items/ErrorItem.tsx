import { TriangleAlert } from "lucide-react"
import type { TurnError } from "../../../api/types"
import { Link } from "../../../components/Link"
import { Visible } from "../../../components/text/Visible"
import { Clock } from "../../../components/Time"
import { paths } from "../../../paths"

export function ErrorItem({ error, traceId }: { error: TurnError; traceId: string }) {
  return (
    <div role="group" aria-label="error" className="flex gap-2 rounded-card bg-error-tint px-3 py-2 text-error">
      <TriangleAlert size={14} aria-hidden className="mt-[3px] shrink-0" />
      <div className="min-w-0 flex-1">
        <p className="font-medium [overflow-wrap:anywhere]">
          <Visible text={error.type ?? "Error"} />
        </p>
        {error.message && (
          <p className="whitespace-pre-wrap [overflow-wrap:anywhere]">
            <Visible text={error.message.slice(0, 2_000)} />
          </p>
        )}
        <p className="text-label">
          in{" "}
          <Link href={paths.span(traceId, error.span_id)} className="underline underline-offset-2">
            <Visible text={error.span_name} />
          </Link>{" "}
          at <Clock at={error.at} />
        </p>
      </div>
    </div>
  )
}
