import type { ReactNode } from "react"
import { Link } from "../../../components/Link"
import { join } from "../../../components/classes"
import { rowLink } from "./cells"

type NarrowRowProps = { href: string; title: ReactNode; time: ReactNode; children: ReactNode }

/** A row on a phone: the title and a time on one line, the most important values on the next. */
export const NarrowRow = ({ href, title, time, children }: NarrowRowProps) => (
  <div className="flex flex-col gap-0.5 py-2">
    <span className="flex items-baseline gap-3">
      <Link href={href} className={join(rowLink, "min-w-0 flex-1 py-0.5")}>
        {title}
      </Link>
      <span className="shrink-0 text-small text-faint">{time}</span>
    </span>
    <span className="flex items-center gap-3 overflow-hidden text-small text-secondary *:shrink-0">{children}</span>
  </div>
)
