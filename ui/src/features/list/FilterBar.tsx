/** Type words or conditions; conditions become chips. Typed text applies on Enter, words also after a short pause. */
import { useQuery } from "@tanstack/react-query"
import { ListFilter } from "lucide-react"
import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from "react"
import { facetsQuery, fieldsQuery, type Resource } from "../../api/queries"
import { type Clause, parseFilter, printClause, printFilter, printWord } from "../../filter/grammar"
import { suggest, type Suggestion } from "../../filter/suggest"
import { readTyped } from "../../filter/typed"
import { useNarrow } from "../../state/media"
import { useSearch } from "../../state/search"
import { useShortcuts } from "../../state/shortcuts"
import { ConditionChip } from "./ConditionChip"
import { SuggestionList } from "./SuggestionList"
import { TimeRangeSelect } from "./TimeRangeSelect"

const PAUSE_MS = 300
const EXAMPLE = "Words, or a condition such as errors>=1"

export function FilterBar({ resource, children }: { resource: Resource; children?: ReactNode }) {
  const [search, change] = useSearch()
  const isNarrow = useNarrow()
  const filter = search["filter"] ?? ""
  const applied = search["q"] ?? ""
  const clauses = useMemo(() => readable(filter), [filter])
  const [text, setText] = useState(applied)
  const [seen, setSeen] = useState(applied)
  const [open, setOpen] = useState(false)
  const [active, setActive] = useState(-1)
  const input = useRef<HTMLInputElement>(null)
  const listId = useId()
  // Back and forward change the address without typing.
  if (applied !== seen) {
    setSeen(applied)
    setText(applied)
  }
  const { suggestions, names } = useSuggestions(resource, text, open)
  const typed = readTyped(text, names)
  const label = `Filter ${resource}`

  const apply = (value: string): void => {
    const { clauses: more, words, problem } = readTyped(value, names)
    if (problem) return
    const next = printFilter([...clauses, ...more])
    setText(words)
    setSeen(words)
    change({ q: words || undefined, filter: next || undefined })
  }
  const remove = (index: number): void => change({ filter: printFilter(clauses.toSpliced(index, 1)) || undefined })
  const edit = (index: number): void => {
    remove(index)
    setText(printClause(clauses[index]!))
    input.current?.focus()
  }
  useEffect(() => {
    // Words apply by themselves. A condition waits for Enter, because half of it means something else; so does a word
    // that may become the name of a field.
    const last = text.slice(text.lastIndexOf(" ") + 1).replace(/^-/, "")
    const mayBeField = last !== "" && [...names].some((name) => name.startsWith(last))
    if (text === applied || typed.clauses.length > 0 || typed.problem || mayBeField) return
    const timer = setTimeout(() => {
      setSeen(text.trim())
      change({ q: text.trim() || undefined }, applied === "" ? "push" : "replace")
    }, PAUSE_MS)
    return () => clearTimeout(timer)
  })
  useShortcuts([{ keys: "f", label, group: "List", run: () => input.current?.focus() }])

  const take = (suggestion: Suggestion): void => {
    setActive(-1)
    if (suggestion.done) {
      apply(suggestion.text)
    } else {
      setText(suggestion.text)
      input.current?.focus()
    }
  }
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault()
      setOpen(true)
      const by = event.key === "ArrowDown" ? 1 : -1
      setActive((at) => Math.max(-1, Math.min(suggestions.length - 1, at + by)))
    } else if (event.key === "Enter") {
      const chosen = suggestions[active]
      if (open && chosen) take(chosen)
      else apply(text)
      setOpen(Boolean(open && chosen && !chosen.done))
    } else if (event.key === "Escape") {
      if (open && suggestions.length > 0) setOpen(false)
      else event.currentTarget.blur()
    } else if (event.key === "Backspace" && text === "" && clauses.length > 0) {
      edit(clauses.length - 1)
    }
  }
  return (
    <search className="flex min-h-10 shrink-0 flex-wrap items-center gap-2 border-b border-hairline px-4 py-1">
      <div className="relative flex min-w-0 flex-1 flex-wrap items-center gap-1">
        <ListFilter size={14} aria-hidden className="mr-1 shrink-0 text-faint" />
        {clauses.map(printClause).map((condition, index) => (
          <ConditionChip
            key={condition}
            condition={condition}
            onEdit={() => edit(index)}
            onRemove={() => remove(index)}
          />
        ))}
        <input
          ref={input}
          type="text"
          role="combobox"
          aria-label={label}
          aria-expanded={open && suggestions.length > 0}
          aria-controls={listId}
          aria-autocomplete="list"
          aria-activedescendant={active >= 0 ? `${listId}-${active}` : undefined}
          aria-invalid={Boolean(typed.problem)}
          autoComplete="off"
          spellCheck={false}
          value={text}
          placeholder={clauses.length > 0 ? "and…" : isNarrow ? "Words or a condition" : EXAMPLE}
          className="h-7 min-w-40 flex-1 bg-transparent outline-none placeholder:text-faint pointer-coarse:h-11"
          onChange={(event) => {
            setText(event.target.value)
            setOpen(true)
            setActive(-1)
          }}
          onFocus={() => setOpen(true)}
          onBlur={() => setOpen(false)}
          onKeyDown={onKeyDown}
        />
        {open && suggestions.length > 0 && (
          <SuggestionList id={listId} suggestions={suggestions} active={active} onTake={take} />
        )}
        {typed.problem && text !== "" && (
          <span role="status" className="text-small text-warning">
            {typed.problem}
          </span>
        )}
      </div>
      <TimeRangeSelect
        from={search["from"]}
        to={search["to"]}
        allTime
        onChange={(from) => change({ from: from || undefined, to: undefined })}
      />
      {children}
    </search>
  )
}

// An unreadable filter in the address becomes no chips; the server's error says what is wrong with it.
function readable(filter: string): Clause[] {
  try {
    return parseFilter(filter)
  } catch {
    return []
  }
}

/** The suggestions for the text, and the names of all fields. */
function useSuggestions(
  resource: Resource,
  text: string,
  open: boolean,
): { suggestions: Suggestion[]; names: ReadonlySet<string> } {
  const fields = useQuery({ ...fieldsQuery(resource), enabled: open || text !== "" })
  const names = useMemo(() => new Set(fields.data?.items.map(({ name }) => name)), [fields.data])
  const { suggestions, field, prefix, before } = suggest(text, fields.data?.items ?? [])
  const facets = useQuery({ ...facetsQuery(resource, field ?? "", prefix), enabled: open && field !== null })
  if (!open) return { suggestions: [], names }
  if (field === null) return { suggestions, names }
  const values = (facets.data?.items ?? []).map(({ value, count }) => ({
    text: `${before}${printWord(value, ":")}`,
    label: value,
    note: "",
    count,
    done: true,
  }))
  return { suggestions: values, names }
}
