import { CSPProvider } from "@base-ui/react/csp-provider"
import { Dialog } from "@base-ui/react/dialog"
import { useMutation, useQuery } from "@tanstack/react-query"
import { useState, type ReactNode } from "react"
import { send } from "../../api/client"
import { erasureQuery, erasurePlanQuery } from "../../api/queries"
import type { Erasure, ErasurePlan } from "../../api/types"
import { count } from "../../format/number"
import { paths } from "../../paths"
import { control, join, link } from "../../components/classes"
import { Copy } from "../../components/Copy"
import { Link } from "../../components/Link"
import { Fault } from "../../components/States"
import { Ago } from "../../components/Time"
import { Visible } from "../../components/text/Visible"

const kinds: [string, string][] = [
  ["sessions", "sessions"],
  ["traces", "traces"],
  ["spans", "spans"],
  ["scores", "judgements"],
  ["log_entries", "log entries"],
  ["session_events", "starts and ends of sessions"],
  ["user_events", "traits and aliases"],
]

/** Counts first, asks for the id, erases, and shows the receipt. */
export default function EraseDialog({ userId, close }: { userId: string; close: () => void }) {
  const [includes, setIncludes] = useState(false)
  const plan = useQuery(erasurePlanQuery(userId, includes))
  const claimed = useQuery(erasurePlanQuery(userId, false)).data?.claimed_ids ?? []
  const erasing = useMutation({
    mutationFn: () =>
      send<ErasurePlan>("DELETE", `/users/${encodeURIComponent(userId)}`, { include_aliases: String(includes) }),
  })
  const erasureId = erasing.data?.erasure_id
  return (
    <CSPProvider disableStyleElements>
      <Dialog.Root open onOpenChange={(open) => !open && close()}>
        <Dialog.Portal>
          <Dialog.Backdrop className="fixed inset-0 bg-[rgb(10_12_16/0.35)]" />
          <Dialog.Popup className="fixed top-[10vh] left-1/2 flex max-h-[80vh] w-[min(560px,calc(100vw-24px))] -translate-x-1/2 flex-col gap-3 overflow-auto rounded-card border border-hairline bg-background p-4 shadow-(--shadow)">
            <Dialog.Title className="text-title font-semibold">Erase a user</Dialog.Title>
            {erasureId ? (
              <Receipt erasureId={erasureId} />
            ) : plan.error ? (
              <Fault error={plan.error} what="count" retry={() => void plan.refetch()} />
            ) : (
              <Question
                plan={plan.data}
                userId={userId}
                claimed={claimed}
                includes={includes}
                include={setIncludes}
                erase={() => erasing.mutate()}
                busy={erasing.isPending}
                fault={erasing.error}
              />
            )}
            <div className="flex justify-end">
              <button type="button" className={control} onClick={close}>
                Close
              </button>
            </div>
          </Dialog.Popup>
        </Dialog.Portal>
      </Dialog.Root>
    </CSPProvider>
  )
}

function Question({
  plan,
  userId,
  claimed,
  includes,
  include,
  erase,
  busy,
  fault,
}: {
  plan: ErasurePlan | undefined
  userId: string
  claimed: string[]
  includes: boolean
  include: (includes: boolean) => void
  erase: () => void
  busy: boolean
  fault: Error | null
}) {
  const [typed, setTyped] = useState("")
  if (!plan)
    return (
      <p role="status" className="text-secondary">
        Counting…
      </p>
    )
  const shared = plan.counts["shared_sessions"] ?? 0
  return (
    <form
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault()
        if (typed === userId) erase()
      }}
    >
      <p>
        Everything of <Ids ids={plan.user_ids} /> goes for good, from the tables and from the kept files of the log.
        What arrives later under {plan.user_ids.length > 1 ? "these ids" : "this id"} is refused.
      </p>
      {claimed.length > 0 && (
        <label className="flex items-start gap-2">
          <input
            type="checkbox"
            checked={includes}
            onChange={(event) => include(event.target.checked)}
            className="mt-1"
          />
          <span>
            Erase what was recorded under <Ids ids={claimed} /> too. Your application said that this is the same person;
            nobody has confirmed it.
          </span>
        </label>
      )}
      <Counts counts={plan.counts} />
      {shared > 0 && (
        <p className="text-secondary">
          {count(shared)} {shared === 1 ? "session" : "sessions"} in which others took part{" "}
          {shared === 1 ? "stays" : "stay"}, without this user&apos;s traces.
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
      {fault && (
        <p role="alert" className="text-error">
          {fault.message}
        </p>
      )}
      <div>
        <button type="submit" className={join(control, "text-error")} disabled={typed !== userId || busy}>
          {busy ? "Erasing…" : "Erase for good"}
        </button>
      </div>
    </form>
  )
}

function Receipt({ erasureId }: { erasureId: string }) {
  const receipt = useQuery(erasureQuery(erasureId))
  if (receipt.error) return <Fault error={receipt.error} what="receipt" retry={() => void receipt.refetch()} />
  if (!receipt.data)
    return (
      <p role="status" className="text-secondary">
        Asked for…
      </p>
    )
  return (
    <div className="flex flex-col gap-3" role="status">
      <p>{said[receipt.data.state]}</p>
      <dl className="grid grid-cols-[1fr_auto] gap-x-4 gap-y-1">
        {receipt.data.parts.map((part) => (
          <Pair key={part.part} label={partNames(part.part)}>
            <Ago at={part.at} />
          </Pair>
        ))}
      </dl>
      <Counts counts={tablesOf(receipt.data)} />
      <p className="flex items-center gap-2 text-small text-secondary">
        Receipt <span className="min-w-0 truncate font-mono">{erasureId}</span>{" "}
        <Copy text={erasureId} label="Copy the receipt's id" />
      </p>
      <p>
        <Link href={paths.users} className={link}>
          To the users
        </Link>
      </p>
    </div>
  )
}

const said: Record<Erasure["state"], string> = {
  requested: "The request is kept; the worker does it now.",
  erased: "Everything is gone from the tables. The files are being written again without it.",
  purged:
    "Everything is gone, from the tables and from the disk. Backups and exports that were made before still hold it.",
}

function partNames(part: string): string {
  if (part.startsWith("log ")) return "Taken out of the log"
  return (
    {
      requested: "Requested",
      tables: "Taken out of the tables",
      disk: "Nothing is left on the disk",
      lifted: "Lifted",
    }[part] ?? part
  )
}

function tablesOf(erasure: Erasure): Record<string, number> {
  return erasure.parts.find(({ part }) => part === "tables")?.counts ?? {}
}

function Counts({ counts }: { counts: Record<string, number> }) {
  return (
    <dl className="grid grid-cols-[1fr_auto] gap-x-4 gap-y-1">
      {kinds
        .filter(([kind]) => counts[kind])
        .map(([kind, words]) => (
          <Pair key={kind} label={words}>
            {count(counts[kind] ?? 0)}
          </Pair>
        ))}
    </dl>
  )
}

function Pair({ label, children }: { label: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-secondary">{label}</dt>
      <dd className="text-right tabular-nums">{children}</dd>
    </>
  )
}

function Ids({ ids }: { ids: string[] }) {
  return (
    <span className="font-mono break-all">
      <Visible text={ids.join(", ")} />
    </span>
  )
}
