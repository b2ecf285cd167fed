/** What rows are sorted by. */
export interface RowOrder<Row> {
  /** Undefined sorts last in either direction. */
  value: (row: Row) => string | number | undefined
  isDescending: boolean
}

/** Rows as they were sorted once; what is sorted next by the same order begins with them. */
export interface SortedRows<Row> {
  order: RowOrder<Row>
  sorted: readonly Row[]
}

/**
 * The rows in an order; those that are equal stay as given. With `before`, the
 * rows of then that are still there are not compared anew among each other but
 * merged with those that came, so that a long list which grows is sorted in
 * little more than the time it takes to read it.
 */
export function sortRows<Row extends object>(
  rows: readonly Row[],
  order: RowOrder<Row>,
  before?: SortedRows<Row>,
): SortedRows<Row> {
  const isSame = before?.order.value === order.value && before.order.isDescending === order.isDescending
  const given = isSame ? keptFirst(rows, before.sorted) : [...rows]
  return { order, sorted: given.sort(comparison(order)) }
}

/** The rows, those of `sorted` in front and in its order: two runs, which `sort` merges. */
function keptFirst<Row>(rows: readonly Row[], sorted: readonly Row[]): Row[] {
  const fresh = new Set(rows)
  const kept = sorted.filter((row) => fresh.delete(row))
  return kept.concat([...fresh])
}

function comparison<Row>({ value, isDescending }: RowOrder<Row>): (a: Row, b: Row) => number {
  const sign = isDescending ? -1 : 1
  return (a, b) => {
    const [left, right] = [value(a), value(b)]
    if (left === right) return 0
    if (left === undefined) return 1
    if (right === undefined) return -1
    return left < right ? -sign : sign
  }
}
