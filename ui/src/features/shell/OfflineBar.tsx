import { CloudOff } from "lucide-react"
import { useOfflineSince } from "../../api/live"
import { clock } from "../../format/time"

/** Says since when the server has not responded. The page keeps its data and continues to poll. */
export function OfflineBar() {
  const since = useOfflineSince()
  return (
    <div role="status">
      {since !== null && (
        <p className="flex items-center gap-2 bg-warning-tint px-4 py-1 text-small text-warning">
          <CloudOff size={14} aria-hidden />
          The server has not responded since {clock(new Date(since).toISOString())}. This page shows older data.
        </p>
      )}
    </div>
  )
}
