import { select } from "../../components/classes"
import { hourOf } from "../../format/time"

const ranges = [
  { from: "now-1h", label: "Last hour" },
  { from: "now-24h", label: "Last 24 hours" },
  { from: "now-7d", label: "Last 7 days" },
  { from: "now-30d", label: "Last 30 days" },
]

type TimeRangeSelectProps = {
  from: string | undefined
  to?: string | undefined
  /** Offer "All time", which is the empty text. */
  allTime?: boolean
  onChange: (from: string) => void
}

/** Offers the usual time ranges, and shows any other that the address names. */
export function TimeRangeSelect({ from = "", to = "", allTime = false, onChange }: TimeRangeSelectProps) {
  const offered = allTime ? [{ from: "", label: "All time" }, ...ranges] : ranges
  const value = to === "" ? from : `${from}..${to}`
  return (
    <label>
      <span className="sr-only">Time range</span>
      <select value={value} onChange={(event) => onChange(event.target.value)} className={select}>
        {offered.map((range) => (
          <option key={range.from} value={range.from}>
            {range.label}
          </option>
        ))}
        {!offered.some((range) => range.from === value) && <option value={value}>{nameOf(from, to)}</option>}
      </select>
    </label>
  )
}

/** `now-2d` → `since now-2d`; two times → `14 Nov, 10:00 to 14 Nov, 11:00`. */
function nameOf(from: string, to: string): string {
  const name = (time: string): string => (Number.isNaN(Date.parse(time)) ? time : hourOf(time))
  if (to === "") return `since ${name(from)}`
  return from === "" ? `until ${name(to)}` : `${name(from)} to ${name(to)}`
}
