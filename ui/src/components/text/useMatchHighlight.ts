import { useEffect, type RefObject } from "react"

/** Highlight every match of a pattern in the text of an element, without changing the element: `::highlight(found)`. */
export function useMatchHighlight(container: RefObject<HTMLElement | null>, pattern: RegExp | null): void {
  useEffect(() => {
    const root = container.current
    // In a browser without the Highlight API, walking from match to match still works.
    if (!root || !pattern || !("highlights" in CSS)) return
    let waiting = 0
    const highlight = (): void => {
      waiting = 0
      CSS.highlights.set("found", new Highlight(...rangesOf(root, pattern)))
    }
    const observer = new MutationObserver(() => {
      waiting ||= requestAnimationFrame(highlight)
    })
    observer.observe(root, { childList: true, subtree: true, characterData: true })
    highlight()
    return () => {
      observer.disconnect()
      cancelAnimationFrame(waiting)
      CSS.highlights.delete("found")
    }
  }, [container, pattern])
}

function* rangesOf(root: Node, pattern: RegExp): Generator<Range> {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    for (const match of (node.nodeValue ?? "").matchAll(pattern)) {
      const range = new Range()
      range.setStart(node, match.index)
      range.setEnd(node, match.index + match[0].length)
      yield range
    }
  }
}
