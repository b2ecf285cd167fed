import { useLocation, useParams } from 'wouter'
import { EmptyState } from '../../components/empty-state.tsx'
import { useRouteParam } from '../../route/hash-location.ts'
import { useRunningNetworkId } from '../../state/selectors.ts'
import { LookupDetail } from './lookup-detail.tsx'
import { lookupHref } from './lookup-routes.ts'
import classes from './lookups-screen.module.css'
import { NewLookupDialog } from './new-lookup-dialog.tsx'
import { OperationList } from './operation-list.tsx'

/** Operations live and past, and one of them with everything its trace tells. */
export function LookupsScreen() {
  const id = useParams<{ '*'?: string }>()['*'] || undefined
  const [, navigate] = useLocation()
  const [rpc, setRpc] = useRouteParam('rpc')
  const [isNewOpen, setNewOpen] = useRouteParam('new')
  const networkId = useRunningNetworkId()
  return (
    <div className={classes.screen}>
      <OperationList
        selectedId={id}
        canStart={networkId !== undefined}
        onSelect={(chosen) => navigate(lookupHref(chosen), { replace: id !== undefined })}
        onNew={() => setNewOpen('1')}
      />
      <div className={classes.detail}>
        {id === undefined ? (
          <EmptyState title="No lookup is chosen.">
            Choose one at the left to see who was asked, what they answered and where the time went.
          </EmptyState>
        ) : (
          <LookupDetail
            key={id}
            id={id}
            selected={rpc === undefined ? undefined : Number(rpc)}
            onSelect={(chosen) => setRpc(String(chosen))}
          />
        )}
      </div>
      {networkId !== undefined && (
        <NewLookupDialog
          networkId={networkId}
          isOpen={isNewOpen !== undefined}
          onClose={() => setNewOpen(undefined)}
          onStarted={(started) => navigate(lookupHref(started))}
        />
      )}
    </div>
  )
}
