/** The bar below the head of a session or trace, and what both show in it. */
import type { ReactNode } from "react"
import { chip, join } from "../../components/classes"
import { Visible } from "../../components/text/Visible"
import { Errors } from "../list/rows/cells"

/** Empty while the row is loading. */
export function SummaryBar({ children }: { children?: ReactNode }) {
  if (!children) return <div className="h-9 shrink-0 border-b border-hairline" aria-hidden />
  return (
    <div
      className={join(
        "scroll-thin flex min-h-9 shrink-0 items-center gap-x-4 overflow-x-auto border-b border-hairline px-4",
        "text-small whitespace-nowrap text-secondary",
      )}
    >
      {children}
    </div>
  )
}

export function ErrorCount({ errors }: { errors: number }) {
  if (errors === 0) return null
  return (
    <span className="inline-flex items-center gap-1">
      <Errors value={errors} /> {errors === 1 ? "error" : "errors"}
    </span>
  )
}

type Labelled = { tags: string[]; environment: string | null; release: string | null }

/** Tags, environment and release. */
export function Labels({ row: { tags, environment, release } }: { row: Labelled }) {
  return (
    <>
      {tags.map((tag) => (
        <Label key={tag} text={tag} />
      ))}
      {environment && <Label text={environment} />}
      {release && <Label prefix="release " text={release} />}
    </>
  )
}

const Label = ({ text, prefix }: { text: string; prefix?: string }) => (
  <span className={join(chip, "bg-inset")}>
    {prefix}
    <Visible text={text} />
  </span>
)
