import { X } from "lucide-react"
import { chip, iconButton, join } from "../../components/classes"

type ConditionChipProps = { condition: string; onEdit: () => void; onRemove: () => void }

export function ConditionChip({ condition, onEdit, onRemove }: ConditionChipProps) {
  return (
    <span className={join(chip, "h-6 bg-selected pr-0 font-mono text-small font-normal")}>
      <button type="button" className="min-w-0 truncate" title="Edit this condition" onClick={onEdit}>
        {condition}
      </button>
      <button type="button" className={iconButton} aria-label={`Remove ${condition}`} onClick={onRemove}>
        <X size={12} aria-hidden />
      </button>
    </span>
  )
}
