import type { Detail } from "../../layout/turns"
import { useSearch } from "../../state/search"

/** How much of the conversation is shown, which the address holds; "tools" is the default and is omitted. */
export function useDetail(): [Detail, (detail: Detail) => void] {
  const [search, change] = useSearch()
  const named = search["show"]
  const detail = named === "talk" || named === "all" ? named : "tools"
  return [detail, (next) => change({ show: next === "tools" ? undefined : next }, "replace")]
}
