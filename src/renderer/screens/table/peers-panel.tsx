import { Button, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import type { PeerRow } from '../../../shared/rows.ts'
import { DenseTable } from '../../components/dense-table.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { FilterPill } from '../../components/filter-pill.tsx'
import { Panel } from '../../components/panel.tsx'
import { formatCount } from '../../format/numbers.ts'
import { useRouteParam } from '../../route/hash-location.ts'
import { DialDialog } from './dial-dialog.tsx'
import { peerColumns } from './peer-columns.tsx'
import { fitsFilter, type QuickFilter, quickFilters } from './peer-filter.ts'
import classes from './table.module.css'

interface PeersPanelProps {
  peers: readonly PeerRow[]
  isPast: boolean
  cpl: number | undefined
  onCpl: (cpl: number | undefined) => void
  selectedId: string | undefined
  onSelect: (id: string) => void
}

const quickNames = Object.keys(quickFilters) as QuickFilter[]
const idOf = ({ id }: PeerRow) => id

/** Every peer of the table, sortable and filterable. */
export function PeersPanel({ peers, isPast, cpl, onCpl, selectedId, onSelect }: PeersPanelProps) {
  const [text = '', setText] = useRouteParam('find')
  const [quickParam, setQuick] = useRouteParam('show')
  const quick = quickNames.find((name) => name === quickParam)
  const [isDialling, setDialling] = useState(false)
  const shown = useMemo(
    () => peers.filter((peer) => fitsFilter(peer, { text, cpl, quick })),
    [peers, text, cpl, quick],
  )
  const clear = () => {
    setText(undefined)
    setQuick(undefined)
    onCpl(undefined)
  }
  return (
    <Panel
      className={classes.peers ?? ''}
      title="Peers"
      hint={`${formatCount(shown.length)} of ${formatCount(peers.length)}${isPast ? ', as they were' : ''}`}
      actions={
        <Button size="xs" onClick={() => setDialling(true)}>
          Dial a peer…
        </Button>
      }
    >
      <div className={classes.filters}>
        <TextInput
          aria-label="Filter peers"
          placeholder="Part of an id, address, agent or reason"
          leftSection={<IconSearch size={14} aria-hidden />}
          value={text}
          onChange={(event) => setText(event.currentTarget.value || undefined)}
        />
        <span className={classes.pills}>
          {quickNames.map((name) => (
            <FilterPill
              key={name}
              isOn={quick === name}
              onToggle={() => setQuick(quick === name ? undefined : name)}
            >
              {quickFilters[name].label} {formatCount(peers.filter(quickFilters[name].fits).length)}
            </FilterPill>
          ))}
        </span>
      </div>
      <div className={classes.grid}>
        <DenseTable
          label="Peers"
          rows={shown}
          columns={peerColumns}
          idOf={idOf}
          sort={{ column: 'distance' }}
          selectedId={selectedId}
          onSelect={({ id }) => onSelect(id)}
          empty={peers.length === 0 ? <NoPeers isPast={isPast} /> : <NoneFits onClear={clear} />}
        />
      </div>
      <DialDialog isOpen={isDialling} onClose={() => setDialling(false)} />
    </Panel>
  )
}

function NoPeers({ isPast }: { isPast: boolean }) {
  if (isPast)
    return <EmptyState title="The table was empty then.">Drag the history on to see it fill.</EmptyState>
  return (
    <EmptyState title="The table is empty.">
      No peer has answered yet. A bootstrap peer usually does within seconds; “Dial a peer” tries one you
      know.
    </EmptyState>
  )
}

function NoneFits({ onClear }: { onClear: () => void }) {
  return (
    <EmptyState
      title="No peer fits the filter."
      action={
        <Button size="xs" onClick={onClear}>
          Clear the filter
        </Button>
      }
    />
  )
}
