import { join, overlay } from "../../components/classes"
import type { Suggestion } from "../../filter/suggest"
import { count } from "../../format/number"

type SuggestionListProps = {
  id: string
  suggestions: Suggestion[]
  active: number
  onTake: (suggestion: Suggestion) => void
}

/** Below the filter bar, which keeps the focus: its arrow keys move through the list. */
export function SuggestionList({ id, suggestions, active, onTake }: SuggestionListProps) {
  return (
    <ul
      id={id}
      role="listbox"
      aria-label="Suggestions"
      className={join(
        overlay,
        "scroll-thin absolute top-full left-4 z-30 mt-1 max-h-80 w-[min(420px,90vw)] overflow-auto p-1",
      )}
    >
      {suggestions.map((suggestion, index) => (
        // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
        <li
          key={suggestion.text}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === active}
          tabIndex={-1}
          className={join(
            "flex h-7 cursor-pointer items-center gap-3 rounded-chip px-2",
            index === active ? "bg-selected" : "hover:bg-hover",
          )}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onTake(suggestion)}
        >
          <span className="min-w-0 flex-1 truncate font-mono text-small">{suggestion.label}</span>
          <span className="min-w-0 shrink truncate text-label text-faint">
            {suggestion.count === null ? suggestion.note : count(suggestion.count)}
          </span>
        </li>
      ))}
    </ul>
  )
}
