import { useSearch } from "../state/search"
import { join } from "./classes"

type TabsProps = {
  label: string
  tabs: readonly { id: string; label: string }[]
  active: string
  onChange: (id: string) => void
  panel: string
}

/** Tabs above one panel; the arrow keys move between them. */
export function Tabs({ label, tabs, active, onChange, panel }: TabsProps) {
  return (
    <div
      role="tablist"
      aria-label={label}
      className="scroll-thin flex shrink-0 gap-1 overflow-x-auto border-b border-hairline px-3"
    >
      {tabs.map((tab, index) => (
        <button
          key={tab.id}
          type="button"
          role="tab"
          id={`${panel}-${tab.id}`}
          aria-selected={tab.id === active}
          aria-controls={panel}
          tabIndex={tab.id === active ? 0 : -1}
          className={join(
            "-mb-px h-9 shrink-0 border-b-2 px-2 text-small font-medium",
            tab.id === active ? "border-accent text-text" : "border-transparent text-secondary hover:text-text",
          )}
          onClick={() => onChange(tab.id)}
          onKeyDown={(event) => {
            const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0
            const next = tabs[index + by]
            if (by === 0 || !next) return
            event.preventDefault()
            event.stopPropagation()
            onChange(next.id)
            document.getElementById(`${panel}-${next.id}`)?.focus()
          }}
        >
          {tab.label}
        </button>
      ))}
    </div>
  )
}

/** The selected tab, which the address holds; the first tab is the default and is omitted. */
export function useTab(tabs: readonly { id: string }[], name = "tab"): [string, (id: string) => void] {
  const [search, change] = useSearch()
  const first = tabs[0]!.id
  const active = tabs.some((tab) => tab.id === search[name]) ? search[name]! : first
  return [active, (id) => change({ [name]: id === first ? undefined : id }, "replace")]
}
