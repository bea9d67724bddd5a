import { useRouter } from "@tanstack/react-router"
import type { AnchorHTMLAttributes, MouseEvent, Ref } from "react"

type LinkProps = AnchorHTMLAttributes<HTMLAnchorElement> & { href: string; ref?: Ref<HTMLAnchorElement> }

/** A link inside the pages. A plain click changes the page without a reload; everything else is the browser's. */
export function Link({ href, onClick, children, ...rest }: LinkProps) {
  const router = useRouter()
  const follow = (event: MouseEvent<HTMLAnchorElement>): void => {
    onClick?.(event)
    if (
      event.defaultPrevented ||
      event.button !== 0 ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey
    )
      return
    event.preventDefault()
    // The address goes to the history as it stands: ids in it are escaped once, by `paths.ts`.
    router.history.push(href)
  }
  return (
    <a {...rest} href={href} onClick={follow}>
      {children}
    </a>
  )
}
