import { UserList } from "../parts/list/lists"

export default function UsersPage() {
  return <UserList />
}
