import { ActionIcon, Button } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import type { ProviderRow } from '../../../shared/rows.ts'
import { api } from '../../api.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { type DenseColumn, DenseTable } from '../../components/dense-table.tsx'
import { EmptyState, LoadingState } from '../../components/empty-state.tsx'
import { ErrorText } from '../../components/error-text.tsx'
import { PeerIdText } from '../../components/peer-id-text.tsx'
import { RelativeTime } from '../../components/relative-time.tsx'
import { shortKey, shortPeerId } from '../../format/ids.ts'
import { providerId } from '../../state/store-changes.ts'
import classes from './store-panel.module.css'
import { TimeLeft } from './time-left.tsx'
import { useProviderRecords } from './use-store-list.ts'

interface ProviderRecordsTableProps {
  networkId: string
  onUseKey: (text: string) => void
}

/** Provider records this node holds. */
export function ProviderRecordsTable({ networkId, onUseKey }: ProviderRecordsTableProps) {
  const { rows, hasMore, loadMore } = useProviderRecords(networkId)
  const [doomed, setDoomed] = useState<ProviderRow>()
  const [chosenId, choose] = useState<string>()
  const columns = useMemo(() => columnsOf(setDoomed), [])
  if (rows === undefined) {
    if (loadMore.error !== undefined) return <ErrorText error={loadMore.error} />
    return <LoadingState>Reading the store…</LoadingState>
  }
  return (
    <div className={classes.list}>
      <div className={classes.table}>
        <DenseTable
          label="Provider records this node holds"
          rows={rows}
          columns={columns}
          idOf={providerId}
          selectedId={chosenId}
          onSelect={(row) => {
            choose(providerId(row))
            onUseKey(row.key.text)
          }}
          empty={
            <EmptyState title="This node holds no provider record.">
              They come here when a peer announces content whose key is near this node.
            </EmptyState>
          }
        />
      </div>
      {hasMore && (
        <div className={classes.foot}>
          <Button size="xs" fullWidth loading={loadMore.isRunning} onClick={() => void loadMore.run()}>
            Load more
          </Button>
        </div>
      )}
      <ConfirmDialog
        isOpen={doomed !== undefined}
        onClose={() => setDoomed(undefined)}
        title="Delete this provider record from this node?"
        confirmLabel="Delete"
        onConfirm={async () =>
          doomed && api.providers.remove({ networkId, key: doomed.key.hex, provider: doomed.provider })
        }
      >
        This node no longer says that {shortPeerId(doomed?.provider ?? '')} provides{' '}
        {shortKey(doomed?.key.text ?? '')}. Other peers that hold the record still do.
      </ConfirmDialog>
    </div>
  )
}

function columnsOf(onDelete: (row: ProviderRow) => void): readonly DenseColumn<ProviderRow>[] {
  return [
    {
      id: 'key',
      header: 'Content',
      minWidth: 140,
      value: ({ key }) => key.text,
      cell: ({ key }) => (
        <span className="mono" title={key.text}>
          {shortKey(key.text)}
        </span>
      ),
    },
    {
      id: 'provider',
      header: 'Provider',
      width: 116,
      value: ({ provider, isOwn }) => (isOwn ? '' : provider),
      cell: ({ provider, isOwn }) => (isOwn ? 'this node' : <PeerIdText id={provider} />),
    },
    {
      id: 'addresses',
      header: 'Addresses',
      hideBelow: 640,
      cell: ({ addresses }) => (
        <span className="mono muted" title={addresses.join('\n')}>
          {addresses.length === 0 ? 'none' : addresses.join('  ')}
        </span>
      ),
    },
    {
      id: 'received',
      header: 'Got',
      width: 60,
      align: 'right',
      value: ({ receivedAt }) => -receivedAt,
      cell: ({ receivedAt }) => <RelativeTime at={receivedAt} />,
    },
    {
      id: 'left',
      header: 'Time left',
      width: 156,
      value: ({ expiresAt }) => expiresAt,
      cell: ({ receivedAt, expiresAt }) => <TimeLeft receivedAt={receivedAt} expiresAt={expiresAt} />,
    },
    {
      id: 'delete',
      header: '',
      name: 'delete',
      width: 40,
      cell: (row) => (
        <ActionIcon
          aria-label={`Delete the record of ${shortPeerId(row.provider)}…`}
          onClick={(event) => {
            event.stopPropagation()
            onDelete(row)
          }}
        >
          <IconTrash size={14} />
        </ActionIcon>
      ),
    },
  ]
}
