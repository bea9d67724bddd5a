/** Times and durations as text; the current time is passed in. */

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** A duration in milliseconds: `0.4 ms`, `85 ms`, `2.4 s`, `1 m 05 s`, `2 h 04 m`, `3 d 4 h`. */
export function duration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return "–"
  if (ms < 0) return `−${duration(-ms)}`
  if (ms === 0) return "0 ms"
  if (ms < 0.05) return "< 0.1 ms"
  if (ms < 9.95) return `${ms.toFixed(1).replace(/\.0$/, "")} ms`
  if (ms < 999.5) return `${Math.round(ms)} ms`
  if (ms < 9_950) return `${(ms / SECOND).toFixed(1)} s`
  if (ms < 59_500) return `${Math.round(ms / SECOND)} s`
  if (ms < HOUR - SECOND / 2) {
    const seconds = Math.round(ms / SECOND)
    return `${Math.floor(seconds / 60)} m ${pad(seconds % 60)} s`
  }
  if (ms < DAY - MINUTE / 2) {
    const minutes = Math.round(ms / MINUTE)
    return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} m`
  }
  const hours = Math.round(ms / HOUR)
  return hours % 24 === 0 ? `${hours / 24} d` : `${Math.floor(hours / 24)} d ${hours % 24} h`
}

/** A relative time in one unit: `just now`, `40 s ago`, `3 min ago`, `5 h ago`, `2 d ago`, then the date. */
export function ago(iso: string, now: number): string {
  const passed = now - Date.parse(iso)
  if (passed < -5 * SECOND) return moment(iso)
  if (passed < 5 * SECOND) return "just now"
  if (passed < MINUTE) return `${Math.floor(passed / SECOND)} s ago`
  if (passed < HOUR) return `${Math.floor(passed / MINUTE)} min ago`
  if (passed < DAY) return `${Math.floor(passed / HOUR)} h ago`
  if (passed < 30 * DAY) return `${Math.floor(passed / DAY)} d ago`
  return date(iso)
}

const moments = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  timeZoneName: "short",
})
const dates = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" })
const shortDates = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" })
const clocks = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" })
const hours = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" })
const days = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short" })

/** `14 Nov 2026, 10:02:11 CET`. */
export const moment = (iso: string): string => moments.format(new Date(iso))
/** `14 Nov 2026`. */
export const date = (iso: string): string => dates.format(new Date(iso))
/** `10:02:11`. */
export const clock = (iso: string): string => clocks.format(new Date(iso))
/** `14 Nov`. */
export const dayAndMonth = (iso: string): string => shortDates.format(new Date(iso))
/** `14 Nov, 10:02`. */
export const hourOf = (iso: string): string => hours.format(new Date(iso))
/** `Sat 14 Nov`. */
export const day = (iso: string): string => days.format(new Date(iso))

const pad = (value: number): string => String(value).padStart(2, "0")
