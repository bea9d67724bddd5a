/** Words inside a session: how often they were said, and a walk from place to place, also where nothing is loaded yet. */
import { keepPreviousData, useQuery } from "@tanstack/react-query"
import { ChevronDown, ChevronUp, Search } from "lucide-react"
import { useEffect, useRef, useState, type KeyboardEvent } from "react"
import { ApiError } from "../../api/client"
import { sessionSearchQuery } from "../../api/queries"
import { count, plural } from "../../format/number"
import { useKeys } from "../../state/keys"
import { useSearch } from "../../state/search"
import { quiet } from "../../components/classes"

export function SessionSearch({ sessionId, onJump }: { sessionId: string; onJump: (n: number) => void }) {
  const [search, change] = useSearch()
  const asked = search["find"] ?? ""
  const [text, setText] = useState(asked)
  const [seen, setSeen] = useState(asked)
  const [at, setAt] = useState(-1)
  const field = useRef<HTMLInputElement>(null)
  // Back and forward change the address without typing.
  if (asked !== seen) {
    setSeen(asked)
    setText(asked)
    setAt(-1)
  }
  useEffect(() => {
    if (text.trim() === asked) return
    const timer = setTimeout(() => change({ find: text.trim() || undefined }, "replace"), 250)
    return () => clearTimeout(timer)
  }, [text, asked, change])
  const found = useQuery({ ...sessionSearchQuery(sessionId, asked), placeholderData: keepPreviousData })
  const places = asked === "" ? [] : (found.data?.items ?? [])

  const go = (by: 1 | -1): void => {
    if (places.length === 0) return
    const next = at < 0 ? (by === 1 ? 0 : places.length - 1) : (at + by + places.length) % places.length
    setAt(next)
    onJump(places[next]!.n)
  }
  useKeys([
    { keys: "w", label: "Find words in this session", group: "Conversation", run: () => field.current?.focus() },
    { keys: "n", label: "Next place of the words", group: "Conversation", run: () => go(1) },
    { keys: "N", label: "Place of the words before", group: "Conversation", run: () => go(-1) },
  ])
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Enter") go(event.shiftKey ? -1 : 1)
    else if (event.key === "Escape" && text !== "") setText("")
    else if (event.key === "Escape") field.current?.blur()
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  const fault = found.error instanceof ApiError ? found.error : null
  const said =
    asked === ""
      ? ""
      : fault
        ? fault.message
        : found.isPending
          ? "…"
          : places.length === 0
            ? "never said"
            : `${at < 0 ? "" : `${count(at + 1)} of `}${found.data?.more ? "more than " : ""}${count(places.length)}`
  return (
    <search className="flex h-7 items-center rounded-control border border-control bg-background text-small max-sm:w-full pointer-coarse:h-11">
      <Search size={13} aria-hidden className="ml-2 shrink-0 text-faint" />
      <input
        ref={field}
        type="text"
        role="searchbox"
        aria-label="Find words in this session"
        placeholder="Find in this session"
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
        className="h-full w-36 min-w-0 flex-1 bg-transparent px-1.5 outline-none placeholder:text-faint"
      />
      <span
        role="status"
        className="max-w-40 truncate pr-1 text-label whitespace-nowrap text-secondary"
        title={
          fault ? fault.message : found.data && asked !== "" ? `in ${plural(found.data.turns, "turn")}` : undefined
        }
      >
        {said}
      </span>
      {places.length > 0 && (
        <>
          <button
            type="button"
            className={quiet}
            aria-label="Place before"
            title="Place before (N, or Shift Enter)"
            onClick={() => go(-1)}
          >
            <ChevronUp size={14} aria-hidden />
          </button>
          <button
            type="button"
            className={quiet}
            aria-label="Next place"
            title="Next place (n, or Enter)"
            onClick={() => go(1)}
          >
            <ChevronDown size={14} aria-hidden />
          </button>
        </>
      )}
    </search>
  )
}
