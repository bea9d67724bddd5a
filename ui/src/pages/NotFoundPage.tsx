import { primary } from "../components/classes"
import { Link } from "../components/Link"
import { Notice } from "../components/States"
import { PageHead } from "../features/shell/PageHead"
import { paths } from "../paths"

export default function NotFoundPage() {
  return (
    <>
      <PageHead title="Not found" />
      <Notice title="Page not found">
        <p className="[overflow-wrap:anywhere]">
          There is no page at <code>{location.pathname}</code>. To find a user, session or trace, search for its id.
        </p>
        <Link href={paths.users} className={primary}>
          Go to Users
        </Link>
      </Notice>
    </>
  )
}
