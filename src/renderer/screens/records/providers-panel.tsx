import { Button } from '@mantine/core'
import { Link } from 'wouter'
import type { OperationInput, ParsedKey } from '../../../shared/contract.ts'
import type { NetworkRow } from '../../../shared/rows.ts'
import { api } from '../../api.ts'
import { EmptyState, LoadingState } from '../../components/empty-state.tsx'
import { ErrorText } from '../../components/error-text.tsx'
import { Panel } from '../../components/panel.tsx'
import { PeerIdText } from '../../components/peer-id-text.tsx'
import { useCommand } from '../../components/use-command.ts'
import { formatDuration } from '../../format/times.ts'
import { useRouteParam } from '../../route/hash-location.ts'
import { useTrace } from '../../state/use-trace.ts'
import { lookupHref } from '../lookups/lookup-routes.ts'
import { plural } from '../lookups/phrases.ts'
import { type FoundProvider, foundProviders } from '../lookups/seen-values.ts'
import { readTrace } from '../lookups/trace-model.ts'
import classes from './providers-panel.module.css'

interface ProvidersPanelProps {
  network: NetworkRow
  /** Undefined until there is a CID that can be used. */
  parsed: Extract<ParsedKey, { ok: true }> | undefined
}

const startOperation = (input: OperationInput) => api.operations.start(input)

/** Finds who provides some content, as they are named. */
export function ProvidersPanel({ network, parsed }: ProvidersPanelProps) {
  const [findId, setFindId] = useRouteParam('find')
  const start = useCommand(startOperation)
  const find = async () => {
    if (parsed === undefined) return
    const started = await start.run({ networkId: network.id, kind: 'FIND_PROVIDERS', key: parsed.key.text })
    if (started !== undefined) setFindId(started.id)
  }
  return (
    <Panel
      title="Providers"
      hint={findId === undefined ? undefined : <Link href={lookupHref(findId)}>trace</Link>}
      actions={
        <Button
          size="xs"
          variant="filled"
          disabled={parsed === undefined}
          loading={start.isRunning}
          onClick={() => void find()}
        >
          Find providers
        </Button>
      }
      scrolls
    >
      <div className={classes.body}>
        {start.error !== undefined && <ErrorText error={start.error} />}
        {findId === undefined ? (
          <EmptyState title="Nobody was looked for yet.">Find out who says it has this content.</EmptyState>
        ) : (
          <Found operationId={findId} />
        )}
      </div>
    </Panel>
  )
}

function Found({ operationId }: { operationId: string }) {
  const { events, error } = useTrace(operationId)
  if (error !== undefined) return <ErrorText error={error} />
  if (events === undefined) return <LoadingState>Starting…</LoadingState>
  const model = readTrace(events)
  const providers = foundProviders(model)
  const { ended } = model
  const answered = model.requests.filter(({ replied }) => replied !== undefined).length
  return (
    <>
      <p className="xs muted" aria-live="polite">
        <b>{plural(providers.length, 'provider')}</b> named by {plural(answered, 'answering peer')}
        {ended === undefined ? ' so far' : `, ${formatDuration(ended.durationMs)}`}
      </p>
      <ul className={classes.list} aria-label="Providers">
        {providers.map((provider) => (
          <Provider key={provider.provider} found={provider} />
        ))}
      </ul>
      {ended !== undefined && providers.length === 0 && (
        <p className="sm muted">
          {ended.error?.message ?? 'Nobody who was asked knows a provider of this content.'}
        </p>
      )}
    </>
  )
}

function Provider({ found: { provider, addrs, namedBy } }: { found: FoundProvider }) {
  return (
    <li className={classes.provider}>
      <PeerIdText id={provider} copy />
      <span className="xs muted">named by {namedBy.length}</span>
      <span className={classes.addresses} title={addrs.join('\n')}>
        {addrs.length === 0 ? 'no address named: it must be looked up to be reached' : addrs.join('  ')}
      </span>
    </li>
  )
}
