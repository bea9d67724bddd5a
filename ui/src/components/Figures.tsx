import type { ReactNode } from "react"
import { Link } from "./Link"

/** `value` is undefined while it is loading. */
export type Figure = { label: string; value: ReactNode; note?: ReactNode; href?: string }

/** A row of figures, each with its label above, a note below, and a link to the rows behind it. */
export function Figures({ figures }: { figures: Figure[] }) {
  return (
    <dl className="scroll-thin flex shrink-0 overflow-x-auto border-b border-hairline">
      {figures.map(({ label, value, note, href }) => (
        <div key={label} className="flex min-w-28 shrink-0 flex-col border-r border-hairline px-4 py-2 last:border-r-0">
          <dt className="text-label text-faint">{label}</dt>
          <dd className="text-figure font-semibold whitespace-nowrap">
            {value === undefined ? (
              <span className="skeleton inline-block h-5 w-14 align-middle" />
            ) : href ? (
              <Link href={href} className="hover:text-accent">
                {value}
              </Link>
            ) : (
              value
            )}
          </dd>
          {note !== undefined && <dd className="text-label whitespace-nowrap text-secondary">{note}</dd>}
        </div>
      ))}
    </dl>
  )
}
