import { useParams } from "@tanstack/react-router"

/** The decoded id in the address of a detail page: `/users/a%2Fb` → `a/b`. */
export function usePathId(): string {
  const parameters = useParams({ strict: false }) as Record<string, string | undefined>
  return parameters["userId"] ?? parameters["sessionId"] ?? parameters["traceId"] ?? ""
}
