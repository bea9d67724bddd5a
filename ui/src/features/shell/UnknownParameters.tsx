import { useState } from "react"

const addressSearch = window.location.search

/** Every parameter that some page reads from its address. */
const known = new Set("q filter from to sort columns density tab turn show find span pill alone zoom".split(" "))

/** Names the parameters of the opened address that no page understands. */
export function UnknownParameters() {
  const [names, setNames] = useState(() =>
    [...new URLSearchParams(addressSearch).keys()].filter((name) => !known.has(name)),
  )
  if (names.length === 0) return null
  return (
    <p
      role="status"
      className="flex items-center gap-3 border-b border-hairline bg-warning-tint px-4 py-1 text-small text-warning"
    >
      <span className="min-w-0 flex-1 truncate">
        Ignored unknown parameters in the address: <code>{names.join(", ")}</code>
      </span>
      <button type="button" className="underline" onClick={() => setNames([])}>
        Dismiss
      </button>
    </p>
  )
}
