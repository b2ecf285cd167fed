import { Button } from '@mantine/core'
import { useState } from 'react'
import { Link } from 'wouter'
import type { OperationInput, ParsedKey } from '../../../shared/contract.ts'
import type { NetworkRow } from '../../../shared/rows.ts'
import { api } from '../../api.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { ErrorText } from '../../components/error-text.tsx'
import { Panel } from '../../components/panel.tsx'
import { useCommand } from '../../components/use-command.ts'
import { useRouteParam } from '../../route/hash-location.ts'
import { lookupHref } from '../lookups/lookup-routes.ts'
import { PublicReach } from './public-reach.tsx'
import classes from './publish-panel.module.css'
import { StoreProgress } from './store-progress.tsx'

interface ProvidePanelProps {
  network: NetworkRow
  /** Undefined until there is a CID that can be used. */
  parsed: Extract<ParsedKey, { ok: true }> | undefined
}

const startOperation = (input: OperationInput) => api.operations.start(input)

/** Announces this node as a provider of some content, with what each peer did with it. */
export function ProvidePanel({ network, parsed }: ProvidePanelProps) {
  const [provideId, setProvideId] = useRouteParam('provide')
  const [isAsking, setAsking] = useState(false)
  const start = useCommand(startOperation)
  const provide = async () => {
    if (parsed === undefined) return
    const started = await start.run({ networkId: network.id, kind: 'PROVIDE', key: parsed.key.text })
    if (started !== undefined) setProvideId(started.id)
    return started
  }
  return (
    <Panel
      title="Provide"
      hint={provideId === undefined ? undefined : <Link href={lookupHref(provideId)}>trace</Link>}
      actions={
        <Button
          size="xs"
          variant="filled"
          disabled={parsed === undefined}
          loading={start.isRunning}
          onClick={() => (network.isPublic ? setAsking(true) : void provide())}
        >
          Provide
        </Button>
      }
      scrolls
    >
      <div className={classes.body}>
        {start.error !== undefined && <ErrorText error={start.error} />}
        {provideId === undefined ? (
          <EmptyState title="Nothing was provided yet.">
            Providing tells the nodes nearest to a CID that this node has the content and where it is reached.
          </EmptyState>
        ) : (
          <StoreProgress operationId={provideId} />
        )}
      </div>
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        title={`Provide on ${network.name}?`}
        confirmLabel="Provide"
        onConfirm={provide}
      >
        <PublicReach network={network} what="the statement that this node has the content" />
      </ConfirmDialog>
    </Panel>
  )
}
