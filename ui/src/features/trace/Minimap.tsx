/** All spans of the trace at once, on a canvas. Drag to zoom; double-click to reset. */
import { useEffect, useRef, useState, type PointerEvent } from "react"
import type { LightSpan } from "../../layout/light"
import type { TreeNode } from "../../layout/tree"
import type { TimeRange } from "../../layout/waterfall"
import { useTheme } from "../../state/theme"

const HEIGHT = 48

type MinimapProps = {
  nodes: readonly TreeNode<LightSpan>[]
  extent: TimeRange
  range: TimeRange
  onRange: (range: TimeRange | null) => void
}

export function Minimap({ nodes, extent, range, onRange }: MinimapProps) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const [width, setWidth] = useState(0)
  const [drag, setDrag] = useState<{ from: number; to: number } | null>(null)
  const theme = useTheme()
  useEffect(() => {
    const element = canvas.current!
    const observer = new ResizeObserver(() => setWidth(element.clientWidth))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  useEffect(() => {
    if (canvas.current && width > 0) draw(canvas.current, width, nodes, extent)
  }, [nodes, extent, width, theme])

  const length = extent.toMs - extent.fromMs
  const shareOf = (event: PointerEvent): number => {
    const box = canvas.current!.getBoundingClientRect()
    return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width))
  }
  const release = (): void => {
    if (drag && Math.abs(drag.to - drag.from) > 0.005) {
      const from = Math.min(drag.from, drag.to)
      const to = Math.max(drag.from, drag.to)
      onRange({ fromMs: extent.fromMs + from * length, toMs: extent.fromMs + to * length })
    }
    setDrag(null)
  }
  const shown = drag
    ? { left: Math.min(drag.from, drag.to), right: Math.max(drag.from, drag.to) }
    : { left: (range.fromMs - extent.fromMs) / length, right: (range.toMs - extent.fromMs) / length }
  const whole = shown.left <= 0.0001 && shown.right >= 0.9999
  return (
    // The shortcuts `+`, `-` and `0` do the same.
    <div
      className="relative shrink-0 cursor-crosshair touch-none border-b border-hairline bg-raised select-none"
      style={{ height: HEIGHT }}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        setDrag({ from: shareOf(event), to: shareOf(event) })
      }}
      onPointerMove={(event) => drag && setDrag({ ...drag, to: shareOf(event) })}
      onPointerUp={release}
      onPointerCancel={() => setDrag(null)}
      onDoubleClick={() => onRange(null)}
    >
      <canvas
        ref={canvas}
        className="block h-full w-full"
        aria-label="Overview of the trace. Drag to zoom; double-click to reset."
        role="img"
      />
      {!whole && (
        <>
          <div className="absolute inset-y-0 left-0 bg-background/70" style={{ width: `${shown.left * 100}%` }} />
          <div
            className="absolute inset-y-0 right-0 bg-background/70"
            style={{ width: `${(1 - shown.right) * 100}%` }}
          />
          <div
            className="pointer-events-none absolute inset-y-0 border-x border-accent"
            style={{ left: `${shown.left * 100}%`, right: `${(1 - shown.right) * 100}%` }}
          />
        </>
      )}
    </div>
  )
}

function draw(
  canvas: HTMLCanvasElement,
  width: number,
  nodes: readonly TreeNode<LightSpan>[],
  extent: TimeRange,
): void {
  const scale = window.devicePixelRatio || 1
  canvas.width = Math.round(width * scale)
  canvas.height = Math.round(HEIGHT * scale)
  const context = canvas.getContext("2d")
  if (!context) return
  context.scale(scale, scale)
  const style = getComputedStyle(document.documentElement)
  const colours = new Map<string, string>()
  const colourOf = (kind: string): string => {
    const name = `--${kind === "other" ? "chain" : kind}`
    let colour = colours.get(name)
    if (!colour) colours.set(name, (colour = style.getPropertyValue(name) || "#888"))
    return colour
  }
  const length = extent.toMs - extent.fromMs
  const line = Math.max(1, Math.min(6, (HEIGHT - 6) / Math.max(1, nodes.length)))
  const step = (HEIGHT - 6 - line) / Math.max(1, nodes.length - 1)
  nodes.forEach((node, index) => {
    const x = ((node.startMs - extent.fromMs) / length) * width
    const w = Math.max(1, ((node.endMs - node.startMs) / length) * width)
    context.fillStyle = node.span.status === "error" ? style.getPropertyValue("--error") : colourOf(node.span.kind)
    context.fillRect(x, 3 + index * Math.max(0, step), w, line)
  })
}
