/** A session's time strip: turns on one axis, long silences folded. */

export type StripTurn = { at: string; wait_ms: number; gap_ms: number }
export type StripPlace = { left: number; width: number; foldedMs: number }

/** Silences longer than this are folded to one fixed width and labelled. */
export const FOLD_FROM_MS = 5 * 60_000

const LEAST_SHARE = 0.004

/**
 * Place each turn as shares of the width (0 … 1). Waiting and thinking keep one scale; a silence of more than five
 * minutes takes the width of a fixed share and is reported as `foldedMs` of the turn after it.
 */
export function placesOf(turns: readonly StripTurn[]): StripPlace[] {
  const folds = turns.filter((turn, index) => index > 0 && turn.gap_ms > FOLD_FROM_MS).length
  const real = turns.reduce((sum, turn, index) => sum + turn.wait_ms + gapOf(turn, index), 0)
  const foldShare = folds === 0 ? 0 : Math.min(0.03, 0.4 / folds)
  const least = Math.min(LEAST_SHARE, 0.5 / Math.max(1, turns.length))
  const scale = real > 0 ? Math.max(0, 1 - folds * foldShare - turns.length * least) / real : 0
  const places: StripPlace[] = []
  let x = 0
  turns.forEach((turn, index) => {
    const folded = index > 0 && turn.gap_ms > FOLD_FROM_MS
    x += folded ? foldShare : gapOf(turn, index) * scale
    const width = least + turn.wait_ms * scale
    places.push({ left: x, width, foldedMs: folded ? turn.gap_ms : 0 })
    x += width
  })
  const stretch = x > 0 ? 1 / x : 1
  return places.map((place) => ({ left: place.left * stretch, width: place.width * stretch, foldedMs: place.foldedMs }))
}

const gapOf = (turn: StripTurn, index: number): number =>
  index === 0 || turn.gap_ms > FOLD_FROM_MS ? 0 : Math.max(0, turn.gap_ms)
