/** A button that opens a small panel below it. Load it lazily: its library is not needed for the first paint. */
import { CSPProvider } from "@base-ui/react/csp-provider"
import { Popover as Base } from "@base-ui/react/popover"
import type { LucideIcon } from "lucide-react"
import type { ReactNode } from "react"
import { fading, join, overlay, quiet } from "./classes"

type PopoverProps = { label: string; icon: LucideIcon; className: string; onClose?: () => void; children: ReactNode }

export function Popover({ label, icon: Icon, className, onClose, children }: PopoverProps) {
  return (
    <CSPProvider disableStyleElements>
      <Base.Root onOpenChange={(open) => !open && onClose?.()}>
        <Base.Trigger className={quiet} aria-label={label} title={label}>
          <Icon size={14} aria-hidden />
        </Base.Trigger>
        <Base.Portal>
          <Base.Positioner align="end" sideOffset={4} className="z-40">
            <Base.Popup className={join(overlay, fading, "w-64", className)}>{children}</Base.Popup>
          </Base.Positioner>
        </Base.Portal>
      </Base.Root>
    </CSPProvider>
  )
}

export const PopoverTitle = Base.Title
