import { useMutation, useQuery } from "@tanstack/react-query"
import { useState } from "react"
import { erasurePlanQuery, eraseUser } from "../../api/queries"
import type { ErasurePlan } from "../../api/types"
import { control, join } from "../../components/classes"
import { Modal, ModalTitle } from "../../components/Modal"
import { Fault } from "../../components/States"
import { Visible } from "../../components/text/Visible"
import { plural } from "../../format/number"
import { Counts } from "./Counts"
import { Receipt } from "./Receipt"

/** Shows what would be erased, asks for the user's id, erases, and shows the receipt. */
export default function EraseDialog({ userId, onClose }: { userId: string; onClose: () => void }) {
  const [includeAliases, setIncludeAliases] = useState(false)
  const plan = useQuery(erasurePlanQuery(userId, includeAliases))
  const claimed = useQuery(erasurePlanQuery(userId, false)).data?.claimed_ids ?? []
  const erasure = useMutation({ mutationFn: () => eraseUser(userId, includeAliases) })
  const erasureId = erasure.data?.erasure_id
  return (
    <Modal
      onClose={onClose}
      className="top-[10vh] max-h-[80vh] w-[min(560px,calc(100vw-24px))] gap-3 overflow-auto p-4"
    >
      <ModalTitle className="text-title font-semibold">Erase user</ModalTitle>
      {erasureId ? (
        <Receipt erasureId={erasureId} />
      ) : plan.error ? (
        <Fault error={plan.error} what="number of records" retry={() => void plan.refetch()} />
      ) : !plan.data ? (
        <p role="status" className="text-secondary">
          Counting…
        </p>
      ) : (
        <Confirmation
          plan={plan.data}
          userId={userId}
          claimed={claimed}
          includeAliases={includeAliases}
          onIncludeAliases={setIncludeAliases}
          onErase={() => erasure.mutate()}
          busy={erasure.isPending}
          error={erasure.error}
        />
      )}
      <div className="flex justify-end">
        <button type="button" className={control} onClick={onClose}>
          Close
        </button>
      </div>
    </Modal>
  )
}

type ConfirmationProps = {
  plan: ErasurePlan
  userId: string
  /** Ids that only the application reported to be the same person. */
  claimed: string[]
  includeAliases: boolean
  onIncludeAliases: (include: boolean) => void
  onErase: () => void
  busy: boolean
  error: Error | null
}

function Confirmation(props: ConfirmationProps) {
  const { plan, userId, claimed, busy } = props
  const [typed, setTyped] = useState("")
  const shared = plan.counts["shared_sessions"] ?? 0
  return (
    <form
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault()
        if (typed === userId) props.onErase()
      }}
    >
      <p>
        This permanently erases all data of <Ids ids={plan.user_ids} />, from the tables and from the log files. Data
        that arrives later under {plan.user_ids.length > 1 ? "these ids" : "this id"} is dropped.
      </p>
      {claimed.length > 0 && (
        <label className="flex items-start gap-2">
          <input
            type="checkbox"
            checked={props.includeAliases}
            onChange={(event) => props.onIncludeAliases(event.target.checked)}
            className="mt-1"
          />
          <span>
            Also erase the data recorded under <Ids ids={claimed} />. Your application reported that this is the same
            person, but nobody has confirmed it.
          </span>
        </label>
      )}
      <Counts counts={plan.counts} />
      {shared > 0 && (
        <p className="text-secondary">
          {plural(shared, "session")} shared with other users {shared === 1 ? "is" : "are"} kept, without this
          user&apos;s traces.
        </p>
      )}
      <label className="flex flex-col gap-1 text-small text-secondary">
        Type the id to confirm
        <input
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          autoComplete="off"
          spellCheck={false}
          className="h-8 rounded-control border border-control bg-background px-2 font-mono text-text"
        />
      </label>
      {props.error && (
        <p role="alert" className="text-error">
          {props.error.message}
        </p>
      )}
      <div>
        <button type="submit" className={join(control, "text-error")} disabled={typed !== userId || busy}>
          {busy ? "Erasing…" : "Erase permanently"}
        </button>
      </div>
    </form>
  )
}

const Ids = ({ ids }: { ids: string[] }) => (
  <span className="font-mono break-all">
    <Visible text={ids.join(", ")} />
  </span>
)
