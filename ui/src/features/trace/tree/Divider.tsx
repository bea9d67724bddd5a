const LEAST = 160
const MOST = 900
const STEP = 16

/** Drag it, or focus it and press the arrow keys, to change the width of the tree. */
export function Divider({ width, onWidth }: { width: number; onWidth: (width: number) => void }) {
  const set = (value: number): void => onWidth(Math.round(Math.min(MOST, Math.max(LEAST, value))))
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label="Width of the tree"
      aria-valuenow={width}
      aria-valuemin={LEAST}
      aria-valuemax={MOST}
      // A separator that moves is a control.
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      className="absolute inset-y-0 -right-1 z-10 w-2 cursor-col-resize touch-none hover:bg-accent"
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={(event) => {
        if (event.buttons !== 1) return
        set(event.clientX - event.currentTarget.closest('[role="row"]')!.getBoundingClientRect().left)
      }}
      onKeyDown={(event) => {
        const by = event.key === "ArrowLeft" ? -STEP : event.key === "ArrowRight" ? STEP : 0
        if (by === 0) return
        event.preventDefault()
        event.stopPropagation()
        set(width + by)
      }}
    />
  )
}
