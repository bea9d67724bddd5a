import { useMemo } from "react"
import { field, join } from "../../components/classes"
import { count } from "../../format/number"
import type { LightSpan } from "../../layout/light"
import { matchesOf, pills, type PillId } from "./pills"

type SpanFilterProps = {
  spans: readonly LightSpan[]
  critical: ReadonlySet<string>
  pill: PillId | null
  find: string
  /** Spans that do not match are hidden. */
  alone: boolean
  /** The number of matches; null if nothing is filtered. */
  matches: number | null
  onChange: (changes: Record<string, string | undefined>, how?: "push" | "replace") => void
}

const bar = "scroll-thin flex min-h-10 shrink-0 items-center gap-1.5 overflow-x-auto border-b border-hairline px-4"

/** Pills with the number of spans that each matches, and a text to find spans by. */
export function SpanFilter({ spans, critical, pill, find, alone, matches, onChange }: SpanFilterProps) {
  const counted = useMemo(
    () => pills.map((one) => ({ ...one, number: matchesOf(spans, one.id, "", critical).size })),
    [spans, critical],
  )
  return (
    <div className={bar}>
      {counted
        .filter(({ number }) => number > 0)
        .map(({ id, label, number }) => (
          <button
            key={id}
            type="button"
            aria-pressed={id === pill}
            onClick={() => onChange({ pill: id === pill ? undefined : id }, "replace")}
            className={join(
              "inline-flex h-6 shrink-0 items-center gap-1.5 rounded-full border px-2 text-small pointer-coarse:h-9",
              id === pill ? "border-accent bg-selected text-text" : "border-hairline text-secondary hover:bg-hover",
            )}
          >
            {label} <span className={id === "errors" ? "font-medium text-error" : "text-faint"}>{count(number)}</span>
          </button>
        ))}
      {matches !== null && (
        <label className="ml-1 flex shrink-0 items-center gap-1.5 text-small text-secondary">
          <input
            type="checkbox"
            checked={alone}
            onChange={() => onChange({ alone: alone ? undefined : "yes" }, "replace")}
          />
          show only these {count(matches)}
        </label>
      )}
      <input
        type="search"
        aria-label="Find spans by name or model"
        placeholder="Find a span"
        value={find}
        onChange={(event) => onChange({ find: event.target.value || undefined }, "replace")}
        className={join(field, "ml-auto w-40 shrink-0")}
      />
    </div>
  )
}
