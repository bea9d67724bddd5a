/** Type words or conditions; conditions become chips. What is typed is applied with Enter or after a short rest. */
import { useQuery } from "@tanstack/react-query"
import { ListFilter, X } from "lucide-react"
import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from "react"
import { facetsQuery, fieldsQuery, type Resource } from "../../api/queries"
import { type Clause, parseFilter, printClause, printFilter, printWord } from "../../filter/grammar"
import { suggest, type Suggestion } from "../../filter/suggest"
import { readTyped } from "../../filter/typed"
import { count } from "../../format/number"
import { hourOf } from "../../format/time"
import { useKeys } from "../../state/keys"
import { useSearch } from "../../state/search"
import { chip, join } from "../../components/classes"

const ranges = [
  { value: "", label: "All time" },
  { value: "now-1h", label: "Last hour" },
  { value: "now-24h", label: "Last 24 hours" },
  { value: "now-7d", label: "Last 7 days" },
  { value: "now-30d", label: "Last 30 days" },
]

export function FilterBar({ resource, noun, children }: { resource: Resource; noun: string; children?: ReactNode }) {
  const [search, change] = useSearch()
  const filter = search["filter"] ?? ""
  const applied = search["q"] ?? ""
  const span = search["to"] ? `${search["from"] ?? ""} to ${search["to"]}` : (search["from"] ?? "")
  const clauses = useMemo(() => readable(filter), [filter])
  const [text, setText] = useState(applied)
  const [seen, setSeen] = useState(applied)
  const [open, setOpen] = useState(false)
  const [active, setActive] = useState(-1)
  const field = useRef<HTMLInputElement>(null)
  const listId = useId()
  // Back and forward change the address without typing.
  if (applied !== seen) {
    setSeen(applied)
    setText(applied)
  }
  const { suggestions, names } = useSuggestions(resource, text, open)
  const typed = readTyped(text, names)

  const apply = (value: string, how: "push" | "replace"): void => {
    const { clauses: more, words, problem } = readTyped(value, names)
    if (problem) return
    const next = printFilter([...clauses, ...more])
    setText(words)
    setSeen(words)
    change({ q: words || undefined, filter: next || undefined }, how)
  }
  useEffect(() => {
    // Words apply by themselves; a condition waits for Enter, because half of it means something else. So does what may
    // become the name of a field.
    const last = text.slice(text.lastIndexOf(" ") + 1).replace(/^-/, "")
    const begun = last !== "" && [...names].some((name) => name.startsWith(last))
    if (text === applied || typed.clauses.length > 0 || typed.problem || begun) return
    const timer = setTimeout(() => {
      setSeen(text.trim())
      change({ q: text.trim() || undefined }, applied === "" ? "push" : "replace")
    }, 300)
    return () => clearTimeout(timer)
  })
  useKeys([{ keys: "f", label: `Filter the ${noun}s`, group: "List", run: () => field.current?.focus() }])

  const take = (suggestion: Suggestion): void => {
    setActive(-1)
    if (suggestion.done) {
      apply(suggestion.text, "push")
    } else {
      setText(suggestion.text)
      field.current?.focus()
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
      else apply(text, "push")
      setOpen(Boolean(open && chosen && !chosen.done))
    } else if (event.key === "Escape") {
      if (open && suggestions.length > 0) setOpen(false)
      else event.currentTarget.blur()
    } else if (event.key === "Backspace" && text === "" && clauses.length > 0) {
      const last = clauses.at(-1)!
      change({ filter: printFilter(clauses.slice(0, -1)) || undefined })
      setText(printClause(last))
    }
  }
  return (
    <search className="flex min-h-10 shrink-0 flex-wrap items-center gap-2 border-b border-hairline px-4 py-1">
      <div className="relative flex min-w-0 flex-1 flex-wrap items-center gap-1">
        <ListFilter size={14} aria-hidden className="mr-1 shrink-0 text-faint" />
        {clauses.map((clause, index) => {
          const label = printClause(clause)
          return (
            <span key={label} className={join(chip, "h-6 bg-selected pr-0 font-mono text-small font-normal")}>
              <button
                type="button"
                className="min-w-0 truncate"
                title="Edit"
                onClick={() => {
                  change({ filter: printFilter(clauses.toSpliced(index, 1)) || undefined })
                  setText(label)
                  field.current?.focus()
                }}
              >
                {label}
              </button>
              <button
                type="button"
                className="inline-flex size-6 items-center justify-center rounded-chip text-secondary hover:text-text"
                aria-label={`Remove ${label}`}
                onClick={() => change({ filter: printFilter(clauses.toSpliced(index, 1)) || undefined })}
              >
                <X size={12} aria-hidden />
              </button>
            </span>
          )
        })}
        <input
          ref={field}
          type="text"
          role="combobox"
          aria-label={`Filter the ${noun}s`}
          aria-expanded={open && suggestions.length > 0}
          aria-controls={listId}
          aria-autocomplete="list"
          aria-activedescendant={active >= 0 ? `${listId}-${active}` : undefined}
          aria-invalid={Boolean(typed.problem)}
          autoComplete="off"
          spellCheck={false}
          value={text}
          placeholder={clauses.length > 0 ? "and…" : `Words, or a condition such as errors>=1`}
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
          <ul
            id={listId}
            role="listbox"
            aria-label="Suggestions"
            className="scroll-thin absolute top-full left-4 z-30 mt-1 max-h-80 w-[min(420px,90vw)] overflow-auto rounded-card border border-hairline bg-background p-1 shadow-(--shadow)"
          >
            {suggestions.map((suggestion, index) => (
              // The field keeps the focus; the keyboard moves through the list from there.
              // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
              <li
                key={suggestion.text}
                id={`${listId}-${index}`}
                role="option"
                aria-selected={index === active}
                tabIndex={-1}
                className={join(
                  "flex h-7 cursor-pointer items-center gap-3 rounded-chip px-2",
                  index === active ? "bg-selected" : "hover:bg-hover",
                )}
                onMouseDown={(event) => event.preventDefault()}
                onClick={() => take(suggestion)}
              >
                <span className="min-w-0 flex-1 truncate font-mono text-small">{suggestion.label}</span>
                <span className="min-w-0 shrink truncate text-label text-faint">
                  {suggestion.count === null ? suggestion.note : count(suggestion.count)}
                </span>
              </li>
            ))}
          </ul>
        )}
        {typed.problem && text !== "" && (
          <span role="status" className="text-small text-warning">
            {typed.problem}
          </span>
        )}
      </div>
      <label>
        <span className="sr-only">Time</span>
        <select
          value={span}
          onChange={(event) => change({ from: event.target.value || undefined, to: undefined })}
          className="h-7 rounded-control border border-control bg-background px-1.5 text-small pointer-coarse:h-11"
        >
          {ranges.map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
          {!ranges.some(({ value }) => value === span) && (
            <option value={span}>{spanName(search["from"], search["to"])}</option>
          )}
        </select>
      </label>
      {children}
    </search>
  )
}

/** A time that is none of the usual ones, as an address may name it: `2026-11-14T10:00:00Z` or `now-2d`. */
function spanName(from: string | undefined, to: string | undefined): string {
  const name = (text: string): string => (Number.isNaN(Date.parse(text)) ? text : hourOf(text))
  return [from && `${to ? "" : "since "}${name(from)}`, to && `${from ? "to" : "until"} ${name(to)}`]
    .filter(Boolean)
    .join(" ")
}

// A filter in the address that cannot be read is named by the server's answer; nothing of it becomes a chip.
function readable(filter: string): Clause[] {
  try {
    return parseFilter(filter)
  } catch {
    return []
  }
}

function useSuggestions(
  resource: Resource,
  text: string,
  open: boolean,
): { suggestions: Suggestion[]; names: ReadonlySet<string> } {
  const fields = useQuery({ ...fieldsQuery(resource), enabled: open || text !== "" })
  const names = useMemo(() => new Set(fields.data?.items.map(({ name }) => name)), [fields.data])
  const asked = suggest(text, fields.data?.items ?? [])
  const facets = useQuery({
    ...facetsQuery(resource, asked.field ?? "", asked.prefix),
    enabled: open && asked.field !== null,
  })
  if (!open) return { suggestions: [], names }
  if (asked.field === null) return { suggestions: asked.suggestions, names }
  const suggestions = (facets.data?.items ?? []).map(({ value, count }) => ({
    text: `${asked.before}${printWord(value, ":")}`,
    label: value,
    note: "",
    count,
    done: true,
  }))
  return { suggestions, names }
}
