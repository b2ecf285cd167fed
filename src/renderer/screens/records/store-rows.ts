/**
 * Rows that were asked for, brought up to date: gone ones left out, changed
 * ones replaced, new ones that belong to the list put first, latest on top.
 */
export function withChanges<Row>(
  rows: readonly Row[],
  changes: ReadonlyMap<string, Row | undefined>,
  idOf: (row: Row) => string,
  belongs: (row: Row) => boolean,
): Row[] {
  const known = new Set(rows.map(idOf))
  const fresh = [...changes]
    .filter(([id]) => !known.has(id))
    .flatMap(([, row]) => (row !== undefined && belongs(row) ? [row] : []))
  const kept = rows.flatMap((row) => {
    const id = idOf(row)
    return changes.has(id) ? (changes.get(id) ?? []) : row
  })
  return [...fresh.reverse(), ...kept]
}
