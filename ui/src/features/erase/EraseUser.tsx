import { Eraser } from "lucide-react"
import { lazy, Suspense, useState } from "react"
import { quiet } from "../../components/classes"

const EraseDialog = lazy(() => import("./EraseDialog"))

/** The button that opens the erasure dialog, which is loaded then. */
export function EraseUser({ userId }: { userId: string }) {
  const [open, setOpen] = useState(false)
  return (
    <>
      <button type="button" className={quiet} title="Erase all data of this user" onClick={() => setOpen(true)}>
        <Eraser size={14} aria-hidden />
        Erase
      </button>
      {open && (
        <Suspense>
          <EraseDialog userId={userId} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  )
}
