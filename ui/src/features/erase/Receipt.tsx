import { useQuery } from "@tanstack/react-query"
import { erasureQuery } from "../../api/queries"
import type { Erasure } from "../../api/types"
import { link } from "../../components/classes"
import { Copy } from "../../components/Copy"
import { Link } from "../../components/Link"
import { Fault } from "../../components/States"
import { Ago } from "../../components/Time"
import { paths } from "../../paths"
import { Counts, Pair, Pairs } from "./Counts"

/** How far an erasure is, and what it has removed. */
export function Receipt({ erasureId }: { erasureId: string }) {
  const receipt = useQuery(erasureQuery(erasureId))
  if (receipt.error) return <Fault error={receipt.error} what="receipt" retry={() => void receipt.refetch()} />
  if (!receipt.data)
    return (
      <p role="status" className="text-secondary">
        Erasure requested…
      </p>
    )
  const { state, parts: stages } = receipt.data
  return (
    <div className="flex flex-col gap-3" role="status">
      <p>{states[state]}</p>
      <Pairs>
        {stages.map(({ part: stage, at }) => (
          <Pair key={stage} label={stageName(stage)}>
            <Ago at={at} />
          </Pair>
        ))}
      </Pairs>
      <Counts counts={stages.find(({ part: stage }) => stage === "tables")?.counts ?? {}} />
      <p className="flex items-center gap-2 text-small text-secondary">
        Receipt <span className="min-w-0 truncate font-mono">{erasureId}</span>{" "}
        <Copy text={erasureId} label="Copy receipt id" />
      </p>
      <p>
        <Link href={paths.users} className={link}>
          Back to users
        </Link>
      </p>
    </div>
  )
}

const states: Record<Erasure["state"], string> = {
  requested: "The request is stored. The worker is processing it now.",
  erased: "All data is gone from the tables. The files on disk are being rewritten without it.",
  purged: "All data is gone, from the tables and from disk. Backups and exports made earlier still contain it.",
}

const stageNames: Record<string, string> = {
  requested: "Requested",
  tables: "Removed from the tables",
  disk: "Removed from disk",
  lifted: "Lifted",
}

const stageName = (stage: string): string =>
  stage.startsWith("log ") ? "Removed from the log" : (stageNames[stage] ?? stage)
