import { useState } from "react"
import { join } from "../../components/classes"
import { ModalTitle } from "../../components/Modal"
import { modifierName, setSingleKeys, singleKeysOn, useBoundShortcuts, type Shortcut } from "../../state/shortcuts"

/** Every shortcut of the current page, by group, and the switch for single-key ones. */
export function ShortcutHelp() {
  const groups = groupsOf(useBoundShortcuts())
  const [on, setOn] = useState(singleKeysOn)
  return (
    <div className="scroll-thin overflow-auto p-6">
      <ModalTitle className="mb-4 text-title font-semibold">Keyboard shortcuts</ModalTitle>
      <div className="grid gap-6 sm:grid-cols-2">
        {[...groups].toReversed().map(([group, labels]) => (
          <section key={group}>
            <h3 className="mb-1 text-label font-medium text-faint">{group}</h3>
            <dl>
              {[...labels].map(([label, keys]) => (
                <div key={label} className="flex min-h-7 items-center justify-between gap-3">
                  <dt className="text-secondary">{label}</dt>
                  <dd className="flex gap-1.5">
                    {[...keys].map((one) => (
                      <Keys key={one} keys={one} />
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <label className="mt-6 flex items-center gap-2 border-t border-hairline pt-4 text-secondary">
        <input
          type="checkbox"
          checked={on}
          onChange={(event) => {
            setSingleKeys(event.target.checked)
            setOn(event.target.checked)
          }}
        />
        Single-key shortcuts
      </label>
    </div>
  )
}

/** Group → label → the keys that do the same. */
function groupsOf(shortcuts: readonly Shortcut[]): Map<string, Map<string, Set<string>>> {
  const groups = new Map<string, Map<string, Set<string>>>()
  for (const { group, label, keys } of shortcuts) {
    const labels = groups.get(group) ?? new Map<string, Set<string>>()
    groups.set(group, labels.set(label, (labels.get(label) ?? new Set()).add(keys)))
  }
  return groups
}

const symbols: Record<string, string> = {
  ArrowDown: "↓",
  ArrowUp: "↑",
  ArrowLeft: "←",
  ArrowRight: "→",
  Escape: "Esc",
  " ": "Space",
}

const keyCap = join(
  "inline-flex h-5 min-w-5 items-center justify-center rounded-chip border border-hairline bg-raised px-1",
  "font-sans text-label text-secondary",
)

function Keys({ keys }: { keys: string }) {
  return pressed(keys).map((key) => (
    <kbd key={key} className={keyCap}>
      {key}
    </kbd>
  ))
}

/** `mod+k` → `⌘`, `K`; `g u` → `g`, `u`. */
function pressed(keys: string): string[] {
  if (keys.startsWith("mod+")) return [modifierName(), keys.slice(4).toUpperCase()]
  return symbols[keys] ? [symbols[keys]] : keys.split(" ")
}
