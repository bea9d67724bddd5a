import { join } from "../../components/classes"
import type { Detail } from "../../layout/turns"
import { useShortcuts } from "../../state/shortcuts"
import { useDetail } from "./useDetail"

const details: readonly { id: Detail; label: string; key: string }[] = [
  { id: "talk", label: "Messages", key: "1" },
  { id: "tools", label: "Tools", key: "2" },
  { id: "all", label: "Everything", key: "3" },
]

export function DetailSwitch() {
  const [detail, setDetail] = useDetail()
  useShortcuts(
    details.map(({ id, label, key }) => ({
      keys: key,
      label: `Show ${label.toLowerCase()}`,
      group: "Conversation",
      run: () => setDetail(id),
    })),
  )
  return (
    <fieldset className="flex rounded-control border border-hairline p-0.5">
      <legend className="sr-only">Detail</legend>
      {details.map(({ id, label, key }) => (
        <button
          key={id}
          type="button"
          aria-pressed={id === detail}
          title={`${label} (${key})`}
          onClick={() => setDetail(id)}
          className={join(
            "h-6 rounded-chip px-2 text-small font-medium pointer-coarse:h-10",
            id === detail ? "bg-selected text-text" : "text-secondary hover:bg-hover",
          )}
        >
          {label}
        </button>
      ))}
    </fieldset>
  )
}
