import type { User } from "../../api/types"
import { chip, join } from "../../components/classes"
import { Visible } from "../../components/text/Visible"
import { Ago } from "../../components/Time"
import { asText, oneLine, shortId } from "../../format/text"
import { derivedHint, nameOf } from "./UserName"

const MOST_TRAITS = 8
const layout = join(
  "flex min-h-9 shrink-0 flex-wrap items-center gap-x-3 gap-y-1",
  "border-b border-hairline px-4 py-1.5 text-small text-secondary",
)

/** The user's id, traits, aliases, and first and last activity. Empty while the user is loading. */
export function UserFacts({ userId, user }: { userId: string; user: User | undefined }) {
  if (!user) return <div className="h-9 shrink-0 border-b border-hairline px-4 py-2" aria-hidden />
  // The name is the title of the page.
  const traits = Object.entries(user.traits).filter(([key]) => key !== "name" || nameOf(user.traits) === null)
  return (
    <div className={layout}>
      <span className="min-w-0 truncate font-mono">
        <Visible text={shortId(userId, 70)} />
      </span>
      {traits.slice(0, MOST_TRAITS).map(([key, value]) => (
        <span key={key} className={join(chip, "bg-inset text-secondary")}>
          <span className="text-faint">{key}</span>{" "}
          <span className="truncate">
            <Visible text={oneLine(asText(value, 0), 60)} />
          </span>
        </span>
      ))}
      {user.aliases.length > 0 && (
        <span className="min-w-0 truncate">
          also known as <Visible text={user.aliases.map((id) => shortId(id, 24)).join(", ")} />
        </span>
      )}
      {user.derived && (
        <span
          className={join(chip, "bg-warning-tint text-warning")}
          title="The application never set the id of this user"
        >
          {derivedHint}
        </span>
      )}
      <span className="ml-auto shrink-0 max-sm:ml-0">
        first seen <Ago at={user.first_seen} />, last seen <Ago at={user.last_seen} />
      </span>
    </div>
  )
}
