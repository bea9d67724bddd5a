/** The time strip of a session: its turns on one axis, with long pauses folded. */

export type StripTurn = { at: string; wait_ms: number; gap_ms: number }
/** Shares of the width (0 … 1). `foldedMs` is the length of the folded pause before the turn, or 0. */
export type StripSlot = { left: number; width: number; foldedMs: number }

/** Longer pauses are folded to a fixed width and labelled. */
export const FOLD_FROM_MS = 5 * 60_000

const LEAST_SHARE = 0.004

/**
 * The slot of each turn. The user's waits and pauses share one scale, except that a pause longer than `FOLD_FROM_MS`
 * has a fixed width.
 */
export function slotsOf(turns: readonly StripTurn[]): StripSlot[] {
  const folds = turns.filter((turn, index) => index > 0 && turn.gap_ms > FOLD_FROM_MS).length
  const real = turns.reduce((sum, turn, index) => sum + turn.wait_ms + gapOf(turn, index), 0)
  const foldShare = folds === 0 ? 0 : Math.min(0.03, 0.4 / folds)
  const least = Math.min(LEAST_SHARE, 0.5 / Math.max(1, turns.length))
  const scale = real > 0 ? Math.max(0, 1 - folds * foldShare - turns.length * least) / real : 0
  const slots: StripSlot[] = []
  let x = 0
  turns.forEach((turn, index) => {
    const folded = index > 0 && turn.gap_ms > FOLD_FROM_MS
    x += folded ? foldShare : gapOf(turn, index) * scale
    const width = least + turn.wait_ms * scale
    slots.push({ left: x, width, foldedMs: folded ? turn.gap_ms : 0 })
    x += width
  })
  const stretch = x > 0 ? 1 / x : 1
  return slots.map(({ left, width, foldedMs }) => ({ left: left * stretch, width: width * stretch, foldedMs }))
}

const gapOf = (turn: StripTurn, index: number): number =>
  index === 0 || turn.gap_ms > FOLD_FROM_MS ? 0 : Math.max(0, turn.gap_ms)
