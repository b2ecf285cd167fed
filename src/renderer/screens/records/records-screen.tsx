import { EmptyState } from '../../components/empty-state.tsx'
import { useRouteParam } from '../../route/hash-location.ts'
import { useActiveNetwork } from '../../state/selectors.ts'
import { kindOfKey, withKind } from './key-kind.ts'
import { KeyPanel } from './key-panel.tsx'
import { ProvidePanel } from './provide-panel.tsx'
import { ProvidersPanel } from './providers-panel.tsx'
import { PublishPanel } from './publish-panel.tsx'
import classes from './records-screen.module.css'
import { ResolvePanel } from './resolve-panel.tsx'
import { StorePanel } from './store-panel.tsx'
import { readKey, useParsedKey } from './use-parsed-key.ts'

/** A key, what can be done with it, and what this node holds. */
export function RecordsScreen() {
  const network = useActiveNetwork()
  const [text = '', setText] = useRouteParam('key')
  const [empty, setEmpty] = useRouteParam('as')
  const kind = text === '' && empty === 'content' ? 'content' : kindOfKey(text)
  const isContent = kind === 'content'
  const runningId = network?.state === 'running' ? network.id : undefined
  const check = useParsedKey(runningId, text, isContent ? 'provider' : 'record')
  if (network === undefined || runningId === undefined) {
    return (
      <EmptyState title="No network runs.">
        Join one by the button at the top: records are published to a network and resolved from it.
      </EmptyState>
    )
  }
  const key = readKey(check)
  const shared = { network, parsed: key }
  return (
    <div className={classes.screen}>
      <KeyPanel
        network={network}
        text={text}
        onText={(next) => setText(next === '' ? undefined : next)}
        kind={kind}
        onKind={(next, namespace) => {
          setText(withKind(text, next, namespace) || undefined)
          setEmpty(next === 'content' ? 'content' : undefined)
        }}
        check={check}
      />
      <div className={classes.work}>
        {isContent ? <ProvidePanel {...shared} /> : <PublishPanel {...shared} />}
        {isContent ? <ProvidersPanel {...shared} /> : <ResolvePanel {...shared} />}
      </div>
      <StorePanel networkId={network.id} onUseKey={(next) => setText(next)} />
    </div>
  )
}
