/** Finds words in a session and walks from match to match, in turns that are not loaded as well. */
import { keepPreviousData, useQuery } from "@tanstack/react-query"
import { ChevronDown, ChevronUp, Search } from "lucide-react"
import { useEffect, useRef, useState, type KeyboardEvent } from "react"
import { sessionSearchQuery } from "../../api/queries"
import type { SessionFound } from "../../api/types"
import { join, quiet } from "../../components/classes"
import { count, plural } from "../../format/number"
import { useSearch } from "../../state/search"
import { useShortcuts } from "../../state/shortcuts"

const label = "Find in this session"
const layout = join(
  "flex h-7 items-center rounded-control border border-control bg-background text-small",
  "max-sm:w-full pointer-coarse:h-11",
)

export function SessionSearch({ sessionId, onJump }: { sessionId: string; onJump: (n: number) => void }) {
  const [search, change] = useSearch()
  const words = search["find"] ?? ""
  const [text, setText] = useState(words)
  const [seen, setSeen] = useState(words)
  const [at, setAt] = useState(-1)
  const input = useRef<HTMLInputElement>(null)
  // Back and forward change the address without typing.
  if (words !== seen) {
    setSeen(words)
    setText(words)
    setAt(-1)
  }
  useEffect(() => {
    if (text.trim() === words) return
    const timer = setTimeout(() => change({ find: text.trim() || undefined }, "replace"), 250)
    return () => clearTimeout(timer)
  }, [text, words, change])
  const found = useQuery({ ...sessionSearchQuery(sessionId, words), placeholderData: keepPreviousData })
  const matches = words === "" ? [] : (found.data?.items ?? [])

  const go = (by: 1 | -1): void => {
    if (matches.length === 0) return
    const start = by === 1 ? -1 : matches.length
    const next = ((at < 0 ? start : at) + by + matches.length) % matches.length
    setAt(next)
    onJump(matches[next]!.n)
  }
  const group = "Conversation"
  useShortcuts([
    { keys: "w", label, group, run: () => input.current?.focus() },
    { keys: "n", label: "Next match", group, run: () => go(1) },
    { keys: "N", label: "Previous match", group, run: () => go(-1) },
  ])
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Enter") go(event.shiftKey ? -1 : 1)
    else if (event.key === "Escape" && text !== "") setText("")
    else if (event.key === "Escape") input.current?.blur()
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <search className={layout}>
      <Search size={13} aria-hidden className="ml-2 shrink-0 text-faint" />
      <input
        ref={input}
        type="text"
        role="searchbox"
        aria-label={label}
        placeholder={label}
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
        className="h-full w-36 min-w-0 flex-1 bg-transparent px-1.5 outline-none placeholder:text-faint"
      />
      <Result at={at} found={words === "" ? undefined : found} />
      {matches.length > 0 && (
        <>
          <button
            type="button"
            className={quiet}
            aria-label="Previous match"
            title="Previous match (N, or Shift Enter)"
            onClick={() => go(-1)}
          >
            <ChevronUp size={14} aria-hidden />
          </button>
          <button
            type="button"
            className={quiet}
            aria-label="Next match"
            title="Next match (n, or Enter)"
            onClick={() => go(1)}
          >
            <ChevronDown size={14} aria-hidden />
          </button>
        </>
      )}
    </search>
  )
}

type Answer = { data: SessionFound | undefined; error: Error | null; isPending: boolean }

/** `3 of 12`, or why there is no such number. `found` is undefined while nothing is searched for. */
function Result({ at, found }: { at: number; found: Answer | undefined }) {
  const turns = found?.data && `in ${plural(found.data.turns, "turn")}`
  return (
    <span
      role="status"
      className="max-w-40 truncate pr-1 text-label whitespace-nowrap text-secondary"
      title={found?.error ? found.error.message : turns}
    >
      {found && resultOf(found, at)}
    </span>
  )
}

function resultOf({ data, error, isPending }: Answer, at: number): string {
  if (error) return error.message
  if (isPending || !data) return "…"
  if (data.items.length === 0) return "no matches"
  return `${at < 0 ? "" : `${count(at + 1)} of `}${data.more ? "more than " : ""}${count(data.items.length)}`
}
