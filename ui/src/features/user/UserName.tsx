import { Visible } from "../../components/text/Visible"
import { shortId } from "../../format/text"

/** Why a user is marked whose id the application never set. */
export const derivedHint = "known only from the provider's end-user field"

/** The user's name if a trait holds one, followed by the id. */
export function UserName({ userId, traits }: { userId: string; traits: Record<string, unknown> }) {
  const name = nameOf(traits)
  return (
    <>
      <Visible text={name ?? shortId(userId, 28)} />
      {name && (
        <span className="ml-2 font-normal text-faint">
          <Visible text={shortId(userId, 20)} />
        </span>
      )}
    </>
  )
}

/** The first trait that is a name. */
export function nameOf(traits: Record<string, unknown> | undefined): string | null {
  for (const key of ["name", "full_name", "email"]) {
    const value = traits?.[key]
    if (typeof value === "string" && value.trim() !== "") return value
  }
  return null
}
