import { ago, clock, moment } from "../format/time"
import { useNow } from "../state/now"

/** A relative time, with the full time on hover. */
export function Ago({ at }: { at: string }) {
  const now = useNow()
  return (
    <time dateTime={at} title={moment(at)}>
      {ago(at, now)}
    </time>
  )
}

/** The time of day, with the full time on hover. */
export function Clock({ at }: { at: string }) {
  return (
    <time dateTime={at} title={moment(at)}>
      {clock(at)}
    </time>
  )
}
