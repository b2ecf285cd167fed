import { ActionIcon } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useEffect } from 'react'
import { Link } from 'wouter'
import type { RpcRow } from '../../../shared/rows.ts'
import { api } from '../../api.ts'
import { LoadingState } from '../../components/empty-state.tsx'
import { ErrorText } from '../../components/error-text.tsx'
import { MessageBytes } from '../../components/message-bytes.tsx'
import { Panel } from '../../components/panel.tsx'
import { RpcChip } from '../../components/rpc-chip.tsx'
import { useCommand } from '../../components/use-command.ts'
import { formatDuration } from '../../format/times.ts'
import { navigate } from '../../route/hash-location.ts'

/** One exchange: its messages as fields and bytes, and ways on from it. */
export function RpcMessage({ id }: { id: string }) {
  const { run, result, error } = useCommand(api.rpcs.get)
  useEffect(() => void run({ id }), [run, id])
  return (
    <Panel
      title="Message"
      hint={result && describe(result.row)}
      actions={
        <>
          {result !== undefined && <Ways row={result.row} />}
          <ActionIcon aria-label="Close the message" onClick={() => navigate('/rpcs', { replace: true })}>
            <IconX size={14} />
          </ActionIcon>
        </>
      }
    >
      {error !== undefined && <ErrorText error={error} onRetry={() => void run({ id })} />}
      {error === undefined && result === undefined && <LoadingState>Fetching the message…</LoadingState>}
      {result !== undefined && <MessageBytes request={result.request} reply={result.reply} />}
    </Panel>
  )
}

function describe({ direction, type, outcome, durationMs, reason }: RpcRow): string {
  const took = durationMs === undefined ? '' : ` after ${formatDuration(durationMs)}`
  const why = reason === undefined ? '' : `. ${reason}`
  return `${direction === 'in' ? 'They asked' : 'We asked'} ${type}: ${outcome}${took}${why}`
}

function Ways({ row }: { row: RpcRow }) {
  return (
    <span className="row xs">
      <RpcChip outcome={row.outcome} peer={row.peer} href={`/table/${row.peer}`} />
      <Link href={`/rpcs?peer=${row.peer}`}>Follow peer</Link>
      {row.operationId !== undefined && <Link href={`/lookups/${row.operationId}`}>Its lookup</Link>}
    </span>
  )
}
