import { TraceList } from "../features/list/lists"

export default function TracesPage() {
  return <TraceList />
}
