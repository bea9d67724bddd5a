/** All turns of a session on one time axis: how long the user waited, for what, and where errors and feedback are. */
import { useMemo } from "react"
import type { TurnMark } from "../../api/types"
import { join } from "../../components/classes"
import { duration } from "../../format/time"
import { slotsOf, type StripSlot } from "../../layout/strip"

type TimeStripProps = { marks: readonly TurnMark[]; current: number; onJump: (n: number) => void }

export function TimeStrip({ marks, current, onJump }: TimeStripProps) {
  const slots = useMemo(() => slotsOf(marks), [marks])
  if (marks.length < 2) return null
  return (
    <div
      className="relative h-11 shrink-0 border-b border-hairline px-4"
      role="group"
      aria-label="Timeline of the turns. With the keyboard, use the list of turns."
    >
      <div className="relative h-full">
        {marks.map((mark, index) => {
          const slot = slots[index]!
          const isCurrent = current >= mark.n && current < mark.n + mark.turns
          return (
            <div key={mark.n}>
              {slot.foldedMs > 0 && (
                <span
                  aria-hidden
                  className="absolute top-1/2 h-3 -translate-y-1/2 border-l border-dashed border-control"
                  style={{ left: `calc(${slot.left * 100}% - 4px)` }}
                />
              )}
              <Mark mark={mark} slot={slot} isCurrent={isCurrent} onJump={onJump} />
            </div>
          )
        })}
      </div>
    </div>
  )
}

type MarkProps = { mark: TurnMark; slot: StripSlot; isCurrent: boolean; onJump: (n: number) => void }

/** One turn, or several adjacent ones in a long session. */
function Mark({ mark, slot, isCurrent, onJump }: MarkProps) {
  const model = shareOf(mark.model_ms, mark.wait_ms)
  const tools = Math.min(1 - model, shareOf(mark.tool_ms, mark.wait_ms))
  const label = labelOf(mark, slot)
  const dot = mark.feedback_down > 0 ? "bg-error" : mark.feedback_up > 0 ? "bg-good" : null
  return (
    <button
      type="button"
      tabIndex={-1}
      title={label}
      aria-label={label}
      onClick={() => onJump(mark.n)}
      className="group/mark absolute inset-y-0 min-w-[3px]"
      style={{ left: `${slot.left * 100}%`, width: `${slot.width * 100}%` }}
    >
      <span
        data-bar
        className={join(
          "absolute top-[15px] right-px left-0 flex h-3.5 min-w-[3px] overflow-hidden rounded-[2px] bg-inset",
          isCurrent && "ring-2 ring-accent",
        )}
      >
        <span className="bg-llm" style={{ width: `${model * 100}%` }} />
        <span className="bg-tool" style={{ width: `${tools * 100}%` }} />
        <span className="flex-1 bg-control group-hover/mark:bg-accent" />
      </span>
      {mark.errors > 0 && (
        <span aria-hidden className="absolute top-0.5 left-0 text-label leading-none font-semibold text-error">
          ✕
        </span>
      )}
      {dot && <span aria-hidden className={join("absolute bottom-1 left-0 size-1.5 rounded-full", dot)} />}
    </button>
  )
}

function labelOf(mark: TurnMark, slot: StripSlot): string {
  const all = [
    mark.turns > 1 ? `turns ${mark.n} to ${mark.n + mark.turns - 1}` : `turn ${mark.n}`,
    `waited ${duration(mark.wait_ms)}`,
    mark.errors > 0 && `${mark.errors} failed`,
    slot.foldedMs > 0 && `${duration(slot.foldedMs)} after the previous turn`,
  ]
  return all.filter(Boolean).join(", ")
}

const shareOf = (value: number, whole: number): number => (whole > 0 ? Math.max(0, Math.min(1, value / whole)) : 0)
