import { PageHead } from "../features/shell/PageHead"
import { paths } from "../paths"
import { primary } from "../components/classes"
import { Link } from "../components/Link"
import { Notice } from "../components/States"

export default function NotFoundPage() {
  return (
    <>
      <PageHead title="Not found" />
      <Notice title="There is no such page">
        <p className="[overflow-wrap:anywhere]">
          <code>{location.pathname}</code> leads nowhere. A user, a session or a trace is found by its id with the
          search.
        </p>
        <Link href={paths.users} className={primary}>
          Go to Users
        </Link>
      </Notice>
    </>
  )
}
