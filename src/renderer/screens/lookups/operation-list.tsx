import { Button, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconPlus, IconSearch } from '@tabler/icons-react'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react'
import type { OperationRow } from '../../../shared/rows.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { ErrorText } from '../../components/error-text.tsx'
import { Glyph } from '../../components/glyph.tsx'
import { nextIndex } from '../../components/list-keys.ts'
import { Panel } from '../../components/panel.tsx'
import { RelativeTime } from '../../components/relative-time.tsx'
import { Segmented } from '../../components/segmented.tsx'
import { shortKey } from '../../format/ids.ts'
import { formatDuration } from '../../format/times.ts'
import type { KindGroup } from './kind-names.ts'
import type { OperationFilter } from './operation-filter.ts'
import classes from './operation-list.module.css'
import { useOperations } from './use-operations.ts'

const ROW_HEIGHT = 46
const PAGE = 12

interface OperationListProps {
  selectedId: string | undefined
  onSelect: (id: string) => void
  onNew: () => void
  canStart: boolean
}

/** Operations live and past, newest first. */
export function OperationList({ selectedId, onSelect, onNew, canStart }: OperationListProps) {
  const [text, setText] = useState('')
  const [group, setGroup] = useState<KindGroup>('all')
  const [settledText] = useDebouncedValue(text, 150)
  const filter = useMemo<OperationFilter>(() => ({ text: settledText, group }), [settledText, group])
  const list = useOperations(filter)
  const { rows, total, hasOlder, loadOlder } = list
  return (
    <Panel
      title="Lookups"
      hint={rows.length === total ? total : `${rows.length} of ${total}`}
      actions={
        <Button size="xs" leftSection={<IconPlus size={12} />} disabled={!canStart} onClick={onNew}>
          New
        </Button>
      }
    >
      <div className={classes.frame}>
        <div className={classes.filters}>
          <TextInput
            aria-label="Filter by key, result or kind"
            placeholder="Filter by key or result"
            leftSection={<IconSearch size={12} />}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <Segmented
            label="Kinds shown"
            value={group}
            onChange={setGroup}
            options={['all', 'reads', 'writes', 'upkeep']}
          />
        </div>
        {rows.length === 0 ? (
          <NoRows isFiltered={total > 0} />
        ) : (
          <Rows rows={rows} selectedId={selectedId} onSelect={onSelect} />
        )}
        <div className={classes.foot}>
          {loadOlder.error !== undefined && <ErrorText error={loadOlder.error} />}
          {hasOlder ? (
            <Button size="xs" fullWidth loading={loadOlder.isRunning} onClick={() => void loadOlder.run()}>
              Load older
            </Button>
          ) : (
            <span className="xs faint">Nothing older is kept.</span>
          )}
        </div>
      </div>
    </Panel>
  )
}

function NoRows({ isFiltered }: { isFiltered: boolean }) {
  if (isFiltered) return <EmptyState title="None matches.">Change the filter, or load older ones.</EmptyState>
  return (
    <EmptyState title="No lookup yet.">
      Start one, publish a value, or wait: the node refreshes its table by itself.
    </EmptyState>
  )
}

interface RowsProps {
  rows: readonly OperationRow[]
  selectedId: string | undefined
  onSelect: (id: string) => void
}

function Rows({ rows, selectedId, onSelect }: RowsProps) {
  const scroll = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 6,
  })
  const at = rows.findIndex(({ id }) => id === selectedId)
  const isThere = at >= 0
  // Only when another is chosen: rows that come must not move what is being read.
  // biome-ignore lint/correctness/useExhaustiveDependencies: `at` changes with every row that comes
  useEffect(() => {
    if (isThere) virtual.scrollToIndex(at, { align: 'auto' })
  }, [selectedId, isThere, virtual])
  const step = (event: KeyboardEvent) => {
    const next = nextIndex(event.key, at, rows.length, PAGE)
    const row = next === undefined ? undefined : rows[next]
    if (row === undefined) return
    event.preventDefault()
    onSelect(row.id)
  }
  return (
    <div
      ref={scroll}
      className={classes.scroll}
      role="listbox"
      tabIndex={0}
      aria-label="Lookups, newest first"
      onKeyDown={step}
      {...(isThere && { 'aria-activedescendant': `operation-${selectedId}` })}
    >
      <div role="presentation" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const row = rows[index]
          return row === undefined ? null : (
            <Row key={row.id} row={row} top={start} isSelected={row.id === selectedId} onSelect={onSelect} />
          )
        })}
      </div>
    </div>
  )
}

interface RowProps {
  row: OperationRow
  top: number
  isSelected: boolean
  onSelect: (id: string) => void
}

function Row({ row, top, isSelected, onSelect }: RowProps) {
  const { id, outcome, kind, key, durationMs, startedAt, result } = row
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: keys are taken by the list
    // biome-ignore lint/a11y/useFocusableInteractive: the list has the focus and names its active row
    <div
      id={`operation-${id}`}
      role="option"
      aria-selected={isSelected}
      className={classes.row}
      style={{ top }}
      title={`${key.text}\n${result}`}
      onClick={() => onSelect(id)}
    >
      <Glyph kind={outcome} />
      <span className="mono strong">{kind}</span>
      <span className="mono">{durationMs === undefined ? 'running' : formatDuration(durationMs)}</span>
      <span className={classes.second}>
        <span className="mono cut">{shortKey(key.text)}</span>
        <span className="nowrap">
          <RelativeTime at={startedAt} />
        </span>
      </span>
    </div>
  )
}
