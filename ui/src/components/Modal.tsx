/** A dialog over the page. Load it lazily: its library is not needed for the first paint. */
import { CSPProvider } from "@base-ui/react/csp-provider"
import { Dialog } from "@base-ui/react/dialog"
import type { ReactNode } from "react"
import { fading, join, overlay } from "./classes"

type ModalProps = { open?: boolean; onClose: () => void; className: string; children: ReactNode }

export function Modal({ open = true, onClose, className, children }: ModalProps) {
  return (
    <CSPProvider disableStyleElements>
      <Dialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
        <Dialog.Portal>
          <Dialog.Backdrop className={join("fixed inset-0 bg-[rgb(10_12_16/0.35)]", fading)} />
          <Dialog.Popup className={join(overlay, fading, "fixed left-1/2 flex -translate-x-1/2 flex-col", className)}>
            {children}
          </Dialog.Popup>
        </Dialog.Portal>
      </Dialog.Root>
    </CSPProvider>
  )
}

export const ModalTitle = Dialog.Title
