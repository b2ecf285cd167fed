/** A number of rows as SQLite takes it: it knows no infinity. */
export function rowLimit(limit: number): number {
  return Math.min(limit, Number.MAX_SAFE_INTEGER)
}
