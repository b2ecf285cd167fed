import { Panel } from '../../components/panel.tsx'
import { formatBytes, formatCount } from '../../format/numbers.ts'
import { useRouteParam } from '../../route/hash-location.ts'
import { useApp } from '../../state/app-store.ts'
import { plural } from '../lookups/phrases.ts'
import { ProviderRecordsTable } from './provider-records-table.tsx'
import { RecordsTable } from './records-table.tsx'
import { StoreNamespaces } from './store-namespaces.tsx'
import classes from './store-panel.module.css'

/** The place of provider records among the namespaces; no namespace begins with a colon. */
export const PROVIDERS = ':providers'

interface StorePanelProps {
  networkId: string
  /** Puts a key into the field above. */
  onUseKey: (text: string) => void
}

/** What this node holds: values by namespace, and provider records. */
export function StorePanel({ networkId, onUseKey }: StorePanelProps) {
  const store = useApp((state) => state.store)
  const [place, setPlace] = useRouteParam('ns')
  return (
    <Panel title="Store" hint={store === undefined ? undefined : <Size store={store} />}>
      <div className={classes.store}>
        <StoreNamespaces store={store} selected={place} onSelect={setPlace} />
        {place === PROVIDERS ? (
          <ProviderRecordsTable networkId={networkId} onUseKey={onUseKey} />
        ) : (
          <RecordsTable key={place} networkId={networkId} namespace={place} onUseKey={onUseKey} />
        )}
      </div>
    </Panel>
  )
}

function Size({
  store: { values, providers },
}: {
  store: NonNullable<ReturnType<typeof useApp.getState>['store']>
}) {
  return (
    <>
      {plural(values.entries, 'value')}, {formatBytes(values.sizeBytes)} of {formatBytes(values.maxSizeBytes)}
      ; {formatCount(providers.entries)} of {formatCount(providers.maxEntries)} provider records
    </>
  )
}
