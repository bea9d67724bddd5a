import { CloudOff } from "lucide-react"
import { useAwaySince } from "../../api/live"
import { clock } from "../../format/time"

/** Says since when the server has not answered. What is shown stays; the polls go on and notice its return. */
export function AwayBar() {
  const since = useAwaySince()
  return (
    <div role="status">
      {since !== null && (
        <p className="flex items-center gap-2 bg-warning-tint px-4 py-1 text-small text-warning">
          <CloudOff size={14} aria-hidden />
          The server has not answered since {clock(new Date(since).toISOString())}. What you see is from before.
        </p>
      )}
    </div>
  )
}
