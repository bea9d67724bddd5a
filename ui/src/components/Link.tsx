import { useRouter } from "@tanstack/react-router"
import type { AnchorHTMLAttributes, MouseEvent, Ref } from "react"

type LinkProps = AnchorHTMLAttributes<HTMLAnchorElement> & { href: string; ref?: Ref<HTMLAnchorElement> }

/** A link to another page. A plain click navigates without a reload; the browser handles every other click. */
export function Link({ href, onClick, children, ...rest }: LinkProps) {
  const router = useRouter()
  const follow = (event: MouseEvent<HTMLAnchorElement>): void => {
    onClick?.(event)
    const modified = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey
    if (event.defaultPrevented || event.button !== 0 || modified) return
    event.preventDefault()
    // Pushed unchanged: `paths.ts` has already escaped the ids in it.
    router.history.push(href)
  }
  return (
    <a {...rest} href={href} onClick={follow}>
      {children}
    </a>
  )
}
