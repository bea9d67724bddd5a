import { SessionList } from "../features/list/lists"

export default function SessionsPage() {
  return <SessionList />
}
