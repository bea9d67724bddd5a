import { SessionList } from "../parts/list/lists"

export default function SessionsPage() {
  return <SessionList />
}
