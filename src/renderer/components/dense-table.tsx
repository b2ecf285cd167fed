// biome-ignore-all lint/a11y/useSemanticElements: a virtualizer places the rows; a table element would lay them out itself
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus and names its active row
import { useElementSize, useMergedRef } from '@mantine/hooks'
import {
  createColumnHelper,
  rowSortingFeature,
  type SortingState,
  tableFeatures,
  useTable,
} from '@tanstack/react-table'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, type ReactNode, useEffect, useId, useMemo, useRef, useState } from 'react'
import classes from './dense-table.module.css'
import { nextIndex } from './list-keys.ts'
import { type SortedRows, sortRows } from './sort-rows.ts'

/** A column of a dense table. */
export interface DenseColumn<Row> {
  id: string
  /** Empty for a column of glyphs; `name` then says what it is. */
  header: string
  /** What the header is called when it has no text. */
  name?: string
  /** Pixels; without it the column shares what is left. */
  width?: number
  /** Least width of a column that shares, in pixels. Default 80. */
  minWidth?: number
  align?: 'right'
  /** Left out when the table is narrower than this, in pixels. */
  hideBelow?: number
  /** What to sort by; a column without it is not sortable. Undefined sorts last. */
  value?: (row: Row) => string | number | undefined
  cell: (row: Row) => ReactNode
}

interface DenseTableProps<Row> {
  label: string
  rows: readonly Row[]
  /** Keep the array the same between renders. */
  columns: readonly DenseColumn<Row>[]
  idOf: (row: Row) => string
  /** Sort at first; without it rows stay as given. */
  sort?: { column: string; descending?: boolean }
  selectedId?: string | undefined
  onSelect?: (row: Row) => void
  /** Shown in place of rows when there is none. */
  empty?: ReactNode
  rowHeight?: number
}

const features = tableFeatures({ rowSortingFeature })
const HEAD_HEIGHT = 24

/** A virtual table of 28-px rows: sortable by its heads, selectable by mouse and by arrow keys. */
export function DenseTable<Row extends object>(props: DenseTableProps<Row>) {
  const { label, rows, columns, idOf, sort, selectedId, onSelect, empty, rowHeight = 28 } = props
  const id = useId()
  const { ref: sizeRef, width } = useElementSize()
  const scroller = useRef<HTMLDivElement>(null)
  const ref = useMergedRef(sizeRef, scroller)
  const [sorting, setSorting] = useState<SortingState>(
    sort === undefined ? [] : [{ id: sort.column, desc: sort.descending === true }],
  )
  const shown = useMemo(
    () => columns.filter(({ hideBelow = 0 }) => width === 0 || width >= hideBelow),
    [columns, width],
  )
  const sorted = useSorted(rows, columns, sorting)
  const virtual = useVirtualizer({
    count: sorted.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
    scrollPaddingStart: HEAD_HEIGHT,
    scrollPaddingEnd: HEAD_HEIGHT,
  })
  const inView = virtual.getVirtualItems().filter(({ index }) => index < sorted.length)
  const definitions = useMemo(() => columnDefinitions(columns), [columns])
  // A model of the rows in view alone: one of 200,000 rows takes a tenth of a second at every change.
  const table = useTable({
    features,
    columns: definitions,
    data: inView.flatMap(({ index }) => sorted[index] ?? []),
    getRowId: idOf,
    state: { sorting },
    onSortingChange: setSorting,
    enableMultiSort: false,
    manualSorting: true,
  })
  const modelRows = table.getRowModel().rows
  const selectedIndex = selectedId === undefined ? -1 : sorted.findIndex((row) => idOf(row) === selectedId)
  const wasSelected = useRef<string>(undefined)
  useEffect(() => {
    if (selectedId !== wasSelected.current && selectedIndex >= 0) virtual.scrollToIndex(selectedIndex)
    wasSelected.current = selectedId
  }, [selectedId, selectedIndex, virtual])

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget || onSelect === undefined) return
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 2)
    const next = nextIndex(event.key, selectedIndex, sorted.length, page)
    const row = next === undefined ? undefined : sorted[next]
    if (row === undefined) return
    event.preventDefault()
    onSelect(row)
  }

  const gridTemplateColumns = shown.map(trackOf).join(' ')
  const active = selectedIndex >= 0 && { 'aria-activedescendant': `${id}-${selectedIndex}` }
  return (
    <div
      ref={ref}
      role="grid"
      aria-label={label}
      aria-rowcount={sorted.length + 1}
      tabIndex={0}
      className={classes.table}
      onKeyDown={onKeyDown}
      {...active}
    >
      <div role="rowgroup" className={classes.head}>
        <div role="row" aria-rowindex={1} className={classes.headRow} style={{ gridTemplateColumns }}>
          {shown.map((column) => (
            <HeadCell
              key={column.id}
              column={column}
              order={orderOf(sorting, column.id)}
              onSort={() => setSorting((before) => nextSorting(before, column.id))}
            />
          ))}
        </div>
      </div>
      {sorted.length === 0 && empty !== undefined && (
        <div role="rowgroup">
          <div role="row">
            <div role="gridcell">{empty}</div>
          </div>
        </div>
      )}
      <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {inView.map(({ index, start }, place) => {
          const row = modelRows[place]
          if (row === undefined) return null
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the grid itself takes the keys
            <div
              key={row.id}
              id={`${id}-${index}`}
              role="row"
              aria-rowindex={index + 2}
              aria-selected={index === selectedIndex}
              tabIndex={-1}
              className={onSelect === undefined ? classes.row : `${classes.row} ${classes.selectable}`}
              style={{ gridTemplateColumns, height: rowHeight, transform: `translateY(${start}px)` }}
              onClick={() => onSelect?.(row.original)}
            >
              {shown.map((column) => (
                <div
                  key={column.id}
                  role="gridcell"
                  className={column.align === 'right' ? classes.right : classes.cell}
                >
                  {column.cell(row.original)}
                </div>
              ))}
            </div>
          )
        })}
      </div>
    </div>
  )
}

interface HeadCellProps<Row> {
  column: DenseColumn<Row>
  order: 'ascending' | 'descending' | undefined
  onSort: () => void
}

function HeadCell<Row>({ column, order, onSort }: HeadCellProps<Row>) {
  const { header, name = header, align, value } = column
  const className = align === 'right' ? classes.right : classes.cell
  const mark = order === undefined ? '' : order === 'ascending' ? ' ▲' : ' ▼'
  return (
    <div role="columnheader" className={className} {...(order !== undefined && { 'aria-sort': order })}>
      {value === undefined ? (
        header || <span className="visually-hidden">{name}</span>
      ) : (
        <button type="button" className={classes.sort} aria-label={`Sort by ${name}`} onClick={onSort}>
          {header}
          {mark}
        </button>
      )}
    </div>
  )
}

function columnDefinitions<Row extends object>(columns: readonly DenseColumn<Row>[]) {
  const helper = createColumnHelper<typeof features, Row>()
  return helper.columns(
    columns.map(({ id, value }) =>
      helper.accessor((row) => value?.(row), {
        id,
        enableSorting: value !== undefined,
      }),
    ),
  )
}

/** The rows in the order chosen; without one, as given. */
function useSorted<Row extends object>(
  rows: readonly Row[],
  columns: readonly DenseColumn<Row>[],
  [chosen]: SortingState,
): readonly Row[] {
  const before = useRef<SortedRows<Row>>(undefined)
  const value = columns.find(({ id }) => id === chosen?.id)?.value
  const isDescending = chosen?.desc === true
  const result = useMemo(
    () => (value === undefined ? undefined : sortRows(rows, { value, isDescending }, before.current)),
    [rows, value, isDescending],
  )
  useEffect(() => {
    before.current = result
  })
  return result?.sorted ?? rows
}

function trackOf<Row>({ width, minWidth = 80 }: DenseColumn<Row>): string {
  return width === undefined ? `minmax(${minWidth}px, 1fr)` : `${width}px`
}

function orderOf(sorting: SortingState, id: string): 'ascending' | 'descending' | undefined {
  const [first] = sorting
  if (first?.id !== id) return undefined
  return first.desc ? 'descending' : 'ascending'
}

function nextSorting(before: SortingState, id: string): SortingState {
  return [{ id, desc: orderOf(before, id) === 'ascending' }]
}
