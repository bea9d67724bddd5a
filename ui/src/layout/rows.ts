/** The rows of a live list while new ones arrive, so that nothing moves under the reader. */

/**
 * The `shown` rows keep their order and take new values from `fresh`. `arrived` counts the rows of `fresh` that are not
 * shown yet; `moved` says whether the order of `fresh` differs.
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
