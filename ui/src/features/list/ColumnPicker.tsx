/** Which columns a list shows, and in which order: by pointer and by keyboard alike. */
import { CSPProvider } from "@base-ui/react/csp-provider"
import { Popover } from "@base-ui/react/popover"
import { ArrowDown, ArrowUp, Columns3 } from "lucide-react"
import { useState } from "react"
import { join, quiet } from "../../components/classes"

type ColumnPickerProps = {
  columns: { id: string; title: string }[]
  chosen: string[]
  usual: readonly string[]
  onChange: (ids: string[] | undefined) => void
}

export default function ColumnPicker({ columns, chosen, usual, onChange }: ColumnPickerProps) {
  const [text, setText] = useState("")
  const set = (ids: string[]): void => onChange(ids.join() === usual.join() ? undefined : ids)
  const move = (id: string, by: number): void => {
    const at = chosen.indexOf(id)
    const to = at + by
    if (to < 0 || to >= chosen.length) return
    const next = chosen.filter((one) => one !== id)
    next.splice(to, 0, id)
    set(next)
  }
  const titles = new Map(columns.map(({ id, title }) => [id, title]))
  const hidden = columns.filter(({ id }) => !chosen.includes(id)).map(({ id }) => id)
  const matches = [...chosen, ...hidden].filter((id) => titles.get(id)?.toLowerCase().includes(text.toLowerCase()))
  return (
    <CSPProvider disableStyleElements>
      <Popover.Root>
        <Popover.Trigger className={quiet} aria-label="Columns" title="Columns">
          <Columns3 size={14} aria-hidden />
        </Popover.Trigger>
        <Popover.Portal>
          <Popover.Positioner align="end" sideOffset={4} className="z-40">
            <Popover.Popup className="w-64 rounded-card border border-hairline bg-background p-2 shadow-(--shadow) transition-opacity duration-[120ms] data-[ending-style]:opacity-0 data-[starting-style]:opacity-0">
              <Popover.Title className="sr-only">Columns</Popover.Title>
              <input
                value={text}
                onChange={(event) => setText(event.target.value)}
                aria-label="Search the columns"
                placeholder="Search"
                className="mb-1 h-7 w-full rounded-control border border-control bg-background px-2 text-small placeholder:text-faint"
              />
              <ul className="scroll-thin max-h-80 overflow-auto">
                {matches.map((id) => {
                  const on = chosen.includes(id)
                  return (
                    <li key={id} className="group/column flex h-7 items-center gap-1 rounded-chip px-1 hover:bg-hover">
                      <label className="flex min-w-0 flex-1 items-center gap-2">
                        <input
                          type="checkbox"
                          checked={on}
                          onChange={() => set(on ? chosen.filter((one) => one !== id) : [...chosen, id])}
                        />
                        <span className={join("truncate", !on && "text-secondary")}>{titles.get(id)}</span>
                      </label>
                      {on && (
                        <span className="opacity-0 group-focus-within/column:opacity-100 group-hover/column:opacity-100">
                          <button
                            type="button"
                            className="inline-flex size-6 items-center justify-center rounded-chip text-secondary hover:text-text"
                            aria-label={`Move ${titles.get(id)} to the left`}
                            onClick={() => move(id, -1)}
                          >
                            <ArrowUp size={12} aria-hidden />
                          </button>
                          <button
                            type="button"
                            className="inline-flex size-6 items-center justify-center rounded-chip text-secondary hover:text-text"
                            aria-label={`Move ${titles.get(id)} to the right`}
                            onClick={() => move(id, 1)}
                          >
                            <ArrowDown size={12} aria-hidden />
                          </button>
                        </span>
                      )}
                    </li>
                  )
                })}
              </ul>
              <button
                type="button"
                className={join(quiet, "mt-1 w-full")}
                onClick={() => onChange(undefined)}
                disabled={chosen.join() === usual.join()}
              >
                Back to the usual columns
              </button>
            </Popover.Popup>
          </Popover.Positioner>
        </Popover.Portal>
      </Popover.Root>
    </CSPProvider>
  )
}
