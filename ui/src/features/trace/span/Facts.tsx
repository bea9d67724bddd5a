import type { ReactNode } from "react"

/** A part of the details with a heading. */
export function Block({ title, note, children }: { title: string; note?: string; children: ReactNode }) {
  return (
    <section>
      <h3 className="mb-1 flex gap-2 text-label font-medium text-faint">
        {title}
        {note && <span className="font-normal">{note}</span>}
      </h3>
      {children}
    </section>
  )
}

/** Names and values; empty values are omitted. */
export function Facts({ rows }: { rows: Record<string, ReactNode> }) {
  return (
    <dl className="grid grid-cols-[minmax(120px,auto)_minmax(0,1fr)] gap-x-4 gap-y-1">
      {Object.entries(rows)
        .filter(([, value]) => value !== null && value !== undefined && value !== "")
        .map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-secondary">{name}</dt>
            <dd className="[overflow-wrap:anywhere]">{value}</dd>
          </div>
        ))}
    </dl>
  )
}
