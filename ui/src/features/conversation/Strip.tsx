/** All turns of a session on one axis of time: how long the person waited, on what, and where it hurt. */
import { useMemo } from "react"
import type { TurnMark } from "../../api/types"
import { duration } from "../../format/time"
import { placesOf } from "../../layout/strip"
import { join } from "../../components/classes"

export function Strip({
  marks,
  current,
  onJump,
}: {
  marks: readonly TurnMark[]
  current: number
  onJump: (n: number) => void
}) {
  const places = useMemo(() => placesOf(marks), [marks])
  if (marks.length < 2) return null
  return (
    <div
      className="relative h-11 shrink-0 border-b border-hairline px-4"
      role="group"
      aria-label="Turns on the time line; the list of turns has the same for the keyboard"
    >
      <div className="relative h-full">
        {marks.map((mark, index) => {
          const place = places[index]!
          const here = current >= mark.n && current < mark.n + mark.turns
          const model = share(mark.model_ms, mark.wait_ms)
          const tool = Math.min(1 - model, share(mark.tool_ms, mark.wait_ms))
          const words = [
            mark.turns > 1 ? `turns ${mark.n} to ${mark.n + mark.turns - 1}` : `turn ${mark.n}`,
            `waited ${duration(mark.wait_ms)}`,
            mark.errors > 0 && `${mark.errors} failed`,
            place.foldedMs > 0 && `${duration(place.foldedMs)} after the one before`,
          ]
            .filter(Boolean)
            .join(", ")
          return (
            <div key={mark.n}>
              {place.foldedMs > 0 && (
                <span
                  aria-hidden
                  className="absolute top-1/2 h-3 -translate-y-1/2 border-l border-dashed border-control"
                  style={{ left: `calc(${place.left * 100}% - 4px)` }}
                />
              )}
              <button
                type="button"
                tabIndex={-1}
                title={words}
                aria-label={words}
                onClick={() => onJump(mark.n)}
                className="group/mark absolute inset-y-0 min-w-[3px]"
                style={{ left: `${place.left * 100}%`, width: `${place.width * 100}%` }}
              >
                <span
                  data-bar
                  className={join(
                    "absolute top-[15px] right-px left-0 flex h-3.5 min-w-[3px] overflow-hidden rounded-[2px] bg-inset",
                    here && "ring-2 ring-accent",
                  )}
                >
                  <span className="bg-llm" style={{ width: `${model * 100}%` }} />
                  <span className="bg-tool" style={{ width: `${tool * 100}%` }} />
                  <span className="flex-1 bg-control group-hover/mark:bg-accent" />
                </span>
                {mark.errors > 0 && (
                  <span
                    aria-hidden
                    className="absolute top-0.5 left-0 text-label leading-none font-semibold text-error"
                  >
                    ✕
                  </span>
                )}
                {mark.feedback_down > 0 && (
                  <span aria-hidden className="absolute bottom-1 left-0 size-1.5 rounded-full bg-error" />
                )}
                {mark.feedback_down === 0 && mark.feedback_up > 0 && (
                  <span aria-hidden className="absolute bottom-1 left-0 size-1.5 rounded-full bg-good" />
                )}
              </button>
            </div>
          )
        })}
      </div>
    </div>
  )
}

const share = (part: number, whole: number): number => (whole > 0 ? Math.max(0, Math.min(1, part / whole)) : 0)
