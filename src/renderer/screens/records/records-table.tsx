import { Button } from '@mantine/core'
import { useState } from 'react'
import type { RecordRow } from '../../../shared/rows.ts'
import { type DenseColumn, DenseTable } from '../../components/dense-table.tsx'
import { EmptyState, LoadingState } from '../../components/empty-state.tsx'
import { ErrorText } from '../../components/error-text.tsx'
import { PeerIdText } from '../../components/peer-id-text.tsx'
import { RelativeTime } from '../../components/relative-time.tsx'
import { shortKey } from '../../format/ids.ts'
import { formatBytes } from '../../format/numbers.ts'
import { RecordViewer } from './record-viewer.tsx'
import classes from './store-panel.module.css'
import { TimeLeft } from './time-left.tsx'
import { useRecords } from './use-store-list.ts'

const columns: readonly DenseColumn<RecordRow>[] = [
  {
    id: 'key',
    header: 'Key',
    minWidth: 96,
    value: ({ key }) => key.text,
    cell: ({ key }) => (
      <span className="mono" title={key.text}>
        {shortKey(key.text)}
      </span>
    ),
  },
  {
    id: 'size',
    header: 'Size',
    width: 72,
    align: 'right',
    value: ({ sizeBytes }) => sizeBytes,
    cell: ({ sizeBytes }) => <span className="mono">{formatBytes(sizeBytes)}</span>,
  },
  {
    id: 'publisher',
    header: 'Publisher',
    width: 108,
    hideBelow: 480,
    value: ({ publisher, isOwn }) => (isOwn ? '' : publisher),
    cell: ({ publisher, isOwn }) => (isOwn ? 'this node' : <PeerIdText id={publisher} />),
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
    width: 148,
    value: ({ expiresAt }) => expiresAt,
    cell: ({ receivedAt, expiresAt }) => <TimeLeft receivedAt={receivedAt} expiresAt={expiresAt} />,
  },
]

const idOf = ({ key }: RecordRow) => key.hex

interface RecordsTableProps {
  networkId: string
  /** Undefined: of all namespaces. */
  namespace: string | undefined
  onUseKey: (text: string) => void
}

/** Values this node holds, and the one that was chosen. */
export function RecordsTable({ networkId, namespace, onUseKey }: RecordsTableProps) {
  const { rows, hasMore, loadMore } = useRecords(networkId, namespace)
  const [chosenId, choose] = useState<string>()
  if (rows === undefined) {
    if (loadMore.error !== undefined) return <ErrorText error={loadMore.error} />
    return <LoadingState>Reading the store…</LoadingState>
  }
  const chosen = rows.find(({ key }) => key.hex === chosenId)
  return (
    <div className={`${classes.list} ${chosen === undefined ? '' : classes.withViewer}`}>
      <div className={classes.table}>
        <DenseTable
          label="Values this node holds"
          rows={rows}
          columns={columns}
          idOf={idOf}
          selectedId={chosenId}
          onSelect={({ key }) => choose(key.hex)}
          empty={
            <EmptyState
              title={namespace === undefined ? 'This node holds no value.' : `No value under /${namespace}.`}
            >
              Values come here when you publish one, or when a peer stores one because this node is near its
              key.
            </EmptyState>
          }
        />
      </div>
      {(hasMore || loadMore.error !== undefined) && (
        <div className={classes.foot}>
          {loadMore.error !== undefined && <ErrorText error={loadMore.error} />}
          <Button size="xs" fullWidth loading={loadMore.isRunning} onClick={() => void loadMore.run()}>
            Load more
          </Button>
        </div>
      )}
      {chosen !== undefined && (
        <RecordViewer
          key={chosen.key.hex}
          networkId={networkId}
          row={chosen}
          onUseKey={onUseKey}
          onGone={() => choose(undefined)}
        />
      )}
    </div>
  )
}
