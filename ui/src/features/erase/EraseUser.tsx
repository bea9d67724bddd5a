import { Eraser } from "lucide-react"
import { lazy, Suspense, useState } from "react"
import { quiet } from "../../components/classes"

const EraseDialog = lazy(() => import("./EraseDialog"))

/** Opens what counts, asks and erases; loaded when it is wanted. */
export function EraseUser({ userId }: { userId: string }) {
  const [open, setOpen] = useState(false)
  return (
    <>
      <button type="button" className={quiet} title="Erase everything of this user" onClick={() => setOpen(true)}>
        <Eraser size={14} aria-hidden />
        Erase
      </button>
      {open && (
        <Suspense>
          <EraseDialog userId={userId} close={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  )
}
