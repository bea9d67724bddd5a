import type { ReactNode } from "react"
import type { JourneyEntry } from "../../api/types"
import { join } from "../../components/classes"

export type EntryProps = { entry: JourneyEntry; active: boolean; onFocus: () => void }

type TimelineProps = {
  icon: ReactNode
  iconClassName?: string
  className: string
  onFocus: () => void
  children: ReactNode
}

/** An entry beside the vertical line of the journey, with its icon on the line. */
export const Timeline = ({ icon, iconClassName, className, onFocus, children }: TimelineProps) => (
  <div
    className={join(
      "relative flex gap-3",
      "before:absolute before:top-0 before:bottom-0 before:left-[11px] before:w-px before:bg-hairline",
      className,
    )}
    onFocus={onFocus}
  >
    <span
      className={join(
        "relative z-10 flex size-[23px] shrink-0 items-center justify-center rounded-full bg-background",
        iconClassName,
      )}
    >
      {icon}
    </span>
    {children}
  </div>
)
