/** What opens above the page: the search palette and the list of shortcuts. Loaded when idle or needed. */
import { Modal, ModalTitle } from "../../components/Modal"
import { Palette } from "./Palette"
import { ShortcutHelp } from "./ShortcutHelp"

export type Overlay = "palette" | "help" | null

const layout = "top-[12vh] max-h-[70vh] w-[min(640px,calc(100vw-24px))] overflow-hidden"

export default function Overlays({ open, onChange }: { open: Overlay; onChange: (open: Overlay) => void }) {
  const close = (): void => onChange(null)
  return (
    <>
      <Modal open={open === "palette"} onClose={close} className={layout}>
        <ModalTitle className="sr-only">Search everything</ModalTitle>
        <Palette close={close} help={() => onChange("help")} />
      </Modal>
      <Modal open={open === "help"} onClose={close} className={layout}>
        <ShortcutHelp />
      </Modal>
    </>
  )
}
