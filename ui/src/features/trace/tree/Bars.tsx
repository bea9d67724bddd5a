import { join } from "../../../components/classes"
import { kinds } from "../../../components/kinds"
import type { LightSpan } from "../../../layout/light"
import type { TreeRow } from "../../../layout/tree"
import { barOf, labelSide, type Bar, type TimeRange } from "../../../layout/waterfall"
import type { Line } from "./line"

/** Larger groups are drawn as one bar instead of a bar for each span. */
const MOST_PIECES = 200
/** About the width of a label, as a share of the waterfall. */
const LABEL_ROOM = 0.16

type BarsProps = {
  row: TreeRow<LightSpan>
  line: Line
  range: TimeRange
  onCriticalPath: boolean
  faded: boolean
}

/** The bar of a span, or the bars of a group, with its label. */
export function Bars({ row, line, range, onCriticalPath, faded }: BarsProps) {
  const whole = barOf(line.startMs, line.endMs, range)
  if (!whole) return null
  const colour = join(line.failed ? "bg-error" : kinds[line.kind].bar, faded && "opacity-20")
  const pieces =
    row.type === "group" && row.nodes.length <= MOST_PIECES
      ? row.nodes.flatMap((node) => barOf(node.startMs, node.endMs, range) ?? [])
      : null
  return (
    <>
      {pieces ? (
        pieces.map((bar, index) => (
          <span
            key={index}
            data-bar
            className={join("absolute top-[7px] h-3.5 min-w-px rounded-[2px]", colour)}
            style={extentOf(bar)}
          />
        ))
      ) : (
        <span
          data-bar
          className={join(
            "absolute top-[7px] h-3.5 min-w-[2px] rounded-[3px]",
            colour,
            row.type === "group" && !faded && "opacity-60",
            whole.before && "rounded-l-none",
            whole.after && "rounded-r-none",
          )}
          style={extentOf(whole)}
        />
      )}
      {onCriticalPath && (
        <span aria-hidden className="absolute top-[23px] h-px min-w-[2px] bg-text" style={extentOf(whole)} />
      )}
      <Label text={line.label} bar={whole} faded={faded} />
    </>
  )
}

function Label({ text, bar, faded }: { text: string; bar: Bar; faded: boolean }) {
  const side = labelSide(bar, LABEL_ROOM)
  const position = {
    right: { left: `calc(${(bar.left + bar.width) * 100}% + 6px)` },
    left: { right: `calc(${(1 - bar.left) * 100}% + 6px)` },
    inside: { left: `calc(${bar.left * 100}% + 6px)` },
  }[side]
  const inside = join("top-[7px]! leading-[14px]!", faded ? "text-text" : "text-on-accent")
  return (
    <span
      className={join(
        "absolute top-0 text-label leading-7 whitespace-nowrap",
        side === "inside" ? inside : "text-secondary",
      )}
      style={position}
    >
      {text}
    </span>
  )
}

const extentOf = ({ left, width }: Bar) => ({ left: `${left * 100}%`, width: `${width * 100}%` })
