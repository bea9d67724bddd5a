/** The figures of a time beside those of the time before it; each leads to the rows behind it. */
import { change, largest, linePath, type Values } from "../../layout/chart"
import { join } from "../../components/classes"
import { Link } from "../../components/Link"

export type Tile = {
  label: string
  now: number | null | undefined
  before: number | null | undefined
  values: Values
  format: (value: number) => string
  href: string
  note?: string | undefined
  lessIsBetter?: boolean
}

export function Tiles({ tiles }: { tiles: Tile[] }) {
  return (
    <dl className="grid grid-cols-2 gap-px border-b border-hairline bg-hairline md:grid-cols-3 xl:grid-cols-6">
      {tiles.map(({ label, now, before, values, format, href, note, lessIsBetter = false }) => (
        <div key={label} className="relative flex min-w-0 flex-col bg-background px-4 py-3 hover:bg-hover">
          <dt className="truncate text-label text-faint">{label}</dt>
          <dd className="text-figure font-semibold whitespace-nowrap">
            {now === undefined ? (
              <span className="skeleton inline-block h-5 w-16 align-middle" />
            ) : (
              <Link href={href} className="after:absolute after:inset-0">
                {now === null ? "–" : format(now)}
              </Link>
            )}
          </dd>
          <dd className="min-h-4 truncate text-label text-secondary">
            <Change now={now} before={before} format={format} lessIsBetter={lessIsBetter} />
            {note && <span className="text-faint"> · {note}</span>}
          </dd>
          <dd aria-hidden className="mt-1 h-6">
            <svg viewBox="0 0 100 100" preserveAspectRatio="none" className="size-full">
              {values.length > 0 && (
                <path
                  d={linePath(values, largest([values], false) * 1.05 || 1)}
                  fill="none"
                  stroke="var(--accent)"
                  strokeWidth="1.5"
                  vectorEffect="non-scaling-stroke"
                />
              )}
            </svg>
          </dd>
        </div>
      ))}
    </dl>
  )
}

function Change({
  now,
  before,
  format,
  lessIsBetter,
}: Pick<Tile, "now" | "before" | "format"> & { lessIsBetter: boolean }) {
  const share = change(now, before)
  if (share === null) return now === undefined ? null : <span className="text-faint">nothing before</span>
  const words =
    Math.abs(share) < 0.005
      ? "as before"
      : share >= 9.995
        ? `${Math.round(share + 1)} × as much`
        : `${share > 0 ? "+" : "−"}${Math.round(Math.abs(share) * 100)} %`
  return (
    <span
      className={join(lessIsBetter && share > 0.1 && "text-error", lessIsBetter && share < -0.1 && "text-good")}
      title={`${format(before!)} in the time before`}
    >
      {words}
    </span>
  )
}
