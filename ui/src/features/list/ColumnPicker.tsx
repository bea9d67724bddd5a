/** Which columns a list shows, and in which order. */
import { ArrowDown, ArrowUp, Columns3, type LucideIcon } from "lucide-react"
import { useState } from "react"
import { field, iconButton, join, quiet } from "../../components/classes"
import { Popover, PopoverTitle } from "../../components/Popover"

type ColumnPickerProps = {
  columns: { id: string; title: string }[]
  chosen: string[]
  defaults: readonly string[]
  /** Undefined: back to the defaults. */
  onChange: (ids: string[] | undefined) => void
}

export default function ColumnPicker({ columns, chosen, defaults, onChange }: ColumnPickerProps) {
  const [text, setText] = useState("")
  const set = (ids: string[]): void => onChange(ids.join() === defaults.join() ? undefined : ids)
  const toggle = (id: string): void => set(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id])
  const move = (id: string, by: 1 | -1): void => {
    const to = chosen.indexOf(id) + by
    if (to < 0 || to >= chosen.length) return
    set(chosen.filter((one) => one !== id).toSpliced(to, 0, id))
  }
  const hidden = columns.filter(({ id }) => !chosen.includes(id)).map(({ id }) => id)
  const titles = new Map(columns.map(({ id, title }) => [id, title]))
  const matches = [...chosen, ...hidden].filter((id) => titles.get(id)?.toLowerCase().includes(text.toLowerCase()))
  return (
    <Popover label="Columns" icon={Columns3} className="p-2">
      <PopoverTitle className="sr-only">Columns</PopoverTitle>
      <input
        value={text}
        onChange={(event) => setText(event.target.value)}
        aria-label="Search columns"
        placeholder="Search"
        className={join(field, "mb-1 w-full")}
      />
      <ul className="scroll-thin max-h-80 overflow-auto">
        {matches.map((id) => {
          const title = titles.get(id) ?? id
          const on = chosen.includes(id)
          return (
            <li key={id} className="group/column flex h-7 items-center gap-1 rounded-chip px-1 hover:bg-hover">
              <label className="flex min-w-0 flex-1 items-center gap-2">
                <input type="checkbox" checked={on} onChange={() => toggle(id)} />
                <span className={join("truncate", !on && "text-secondary")}>{title}</span>
              </label>
              {on && (
                <span className="opacity-0 group-focus-within/column:opacity-100 group-hover/column:opacity-100">
                  <MoveButton label={`Move ${title} left`} icon={ArrowUp} onClick={() => move(id, -1)} />
                  <MoveButton label={`Move ${title} right`} icon={ArrowDown} onClick={() => move(id, 1)} />
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
        disabled={chosen.join() === defaults.join()}
      >
        Reset columns
      </button>
    </Popover>
  )
}

function MoveButton({ label, icon: Icon, onClick }: { label: string; icon: LucideIcon; onClick: () => void }) {
  return (
    <button type="button" className={iconButton} aria-label={label} onClick={onClick}>
      <Icon size={12} aria-hidden />
    </button>
  )
}
