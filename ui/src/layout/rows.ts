/** What a live list shows while new rows arrive, so that nothing moves under the reader. */

/**
 * `shown` keeps its order; rows that `fresh` also holds take their new values from it. `arrived` counts the rows of
 * `fresh` that are not shown yet, and `moved` says whether its order differs.
 */
export function mergeRows<Row>(
  shown: readonly Row[],
  fresh: readonly Row[],
  keyOf: (row: Row) => string,
): { rows: Row[]; arrived: number; moved: boolean } {
  const newest = new Map(fresh.map((row) => [keyOf(row), row]))
  const known = new Set(shown.map(keyOf))
  const rows = shown.map((row) => newest.get(keyOf(row)) ?? row)
  const arrived = fresh.filter((row) => !known.has(keyOf(row))).length
  const moved = fresh.some((row, index) => index < shown.length && keyOf(shown[index]!) !== keyOf(row))
  return { rows, arrived, moved }
}
