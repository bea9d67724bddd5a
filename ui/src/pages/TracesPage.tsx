import { TraceList } from "../parts/list/lists"

export default function TracesPage() {
  return <TraceList />
}
