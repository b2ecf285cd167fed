/**
 * The rows with `changed` in the place of those of the same id, and what is
 * new at the end. Of two of one id in `changed` the later holds.
 */
export function replaceRows<Row>(
  rows: readonly Row[],
  changed: readonly Row[],
  idOf: (row: Row) => string | number,
): Row[] {
  const byId = new Map(changed.map((row) => [idOf(row), row]))
  const next = rows.map((row) => {
    const newer = byId.get(idOf(row))
    if (newer === undefined) return row
    byId.delete(idOf(row))
    return newer
  })
  for (const row of byId.values()) next.push(row)
  return next
}
