import { useEffect, type RefObject } from "react"

/** Marks every place of a pattern in the text below an element, without touching the element: `::highlight(found)`. */
export function useMarkedWords(place: RefObject<HTMLElement | null>, pattern: RegExp | null): void {
  useEffect(() => {
    const root = place.current
    // A browser without highlights shows the words unmarked; the walk from place to place works all the same.
    if (!root || !pattern || !("highlights" in CSS)) return
    let waiting = 0
    const mark = (): void => {
      waiting = 0
      CSS.highlights.set("found", new Highlight(...rangesOf(root, pattern)))
    }
    const observer = new MutationObserver(() => {
      waiting ||= requestAnimationFrame(mark)
    })
    observer.observe(root, { childList: true, subtree: true, characterData: true })
    mark()
    return () => {
      observer.disconnect()
      cancelAnimationFrame(waiting)
      CSS.highlights.delete("found")
    }
  }, [place, pattern])
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
