import { UserList } from "../features/list/lists"

export default function UsersPage() {
  return <UserList />
}
