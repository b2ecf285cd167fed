import { useParams } from 'wouter'
import { EmptyState } from '../../components/empty-state.tsx'
import { Panel } from '../../components/panel.tsx'
import { useApp } from '../../state/app-store.ts'
import { useRunningNetworkId } from '../../state/selectors.ts'
import { ValidatorEditor } from './validator-editor.tsx'
import { ValidatorList } from './validator-list.tsx'
import classes from './validators-screen.module.css'

/** Which values this node believes under which namespace, and where that is changed. */
export function ValidatorsScreen() {
  const namespace = useParams<{ '*'?: string }>()['*'] || undefined
  const networkId = useRunningNetworkId()
  const rows = useApp(({ validators }) => validators)
  if (networkId === undefined) {
    return (
      <EmptyState title="No network runs.">
        Join one by the button at the top: validators are registered for a network.
      </EmptyState>
    )
  }
  const row = rows.find((each) => each.namespace === namespace)
  const fixed = rows.filter(({ replaceable }) => !replaceable).map((each) => each.namespace)
  const isMissing = namespace !== undefined && row === undefined
  return (
    <div className={classes.screen}>
      <ValidatorList networkId={networkId} rows={rows} selected={namespace} />
      {isMissing && (
        <EmptyState title={`/${namespace} has no validator.`}>
          Choose another at the left, or write a new one.
        </EmptyState>
      )}
      {row?.replaceable === false && <Fixed namespace={row.namespace} />}
      {!isMissing && row?.replaceable !== false && (
        <ValidatorEditor
          key={`${networkId} ${row?.namespace} ${row?.version}`}
          networkId={networkId}
          row={row}
          fixed={fixed}
        />
      )}
    </div>
  )
}

const rules: Record<string, string> = {
  pk: 'A value under /pk/<peer id> must be the public key of that peer id. All valid values are the same, so the first is taken.',
  ipns: 'A value under /ipns/<name> must be an IPNS record signed by the name’s key and not expired. The highest sequence number wins, then the longest validity.',
}

function Fixed({ namespace }: { namespace: string }) {
  return (
    <Panel title={`/${namespace}`} hint="built in" padded>
      <p className="sm muted">{rules[namespace] ?? 'Built in.'}</p>
      <p className="sm muted">
        It cannot be replaced on this network: other nodes would refuse what yours accepts.
      </p>
    </Panel>
  )
}
