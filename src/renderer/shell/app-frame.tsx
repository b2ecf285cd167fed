import { Suspense, useEffect } from 'react'
import { Redirect, Route, Switch } from 'wouter'
import { LoadingState } from '../components/empty-state.tsx'
import { ErrorBoundary } from '../components/error-boundary.tsx'
import { loadScreens, screens } from '../screens/screens.ts'
import { useApp } from '../state/app-store.ts'
import classes from './app-frame.module.css'
import { ConnectionBanner } from './connection-banner.tsx'
import { Navigation } from './navigation.tsx'
import { NetworksDialog } from './networks-dialog.tsx'
import { Palette } from './palette.tsx'
import { TopBar } from './top-bar.tsx'
import { useNotices } from './use-notices.ts'

/** What surrounds every screen: navigation, top bar, palette and dialogs. */
export function AppFrame() {
  const isLoaded = useApp((state) => state.isLoaded)
  useNotices()
  return (
    <div className={classes.frame}>
      <Navigation />
      <TopBar />
      <ConnectionBanner />
      <main className={classes.main}>{isLoaded ? <Screens /> : <Waiting />}</main>
      <Palette />
      <NetworksDialog />
    </div>
  )
}

function Screens() {
  // The one in view is fetched by its drawing; the others when there is time. What fails here is tried again when shown.
  useEffect(() => {
    const handle = requestIdleCallback(() => void loadScreens().catch(() => {}))
    return () => cancelIdleCallback(handle)
  }, [])
  return (
    <Switch>
      {screens.map(({ path, title, component: Screen }) => (
        <Route key={path} path={`${path}/*?`}>
          <ErrorBoundary name={title}>
            <Suspense fallback={<LoadingState>Opening {title}…</LoadingState>}>
              <Screen />
            </Suspense>
          </ErrorBoundary>
        </Route>
      ))}
      <Redirect to="/overview" replace />
    </Switch>
  )
}

function Waiting() {
  const isLost = useApp(({ connection }) => connection.status === 'lost')
  if (isLost) return null
  return <LoadingState>Connecting to the node…</LoadingState>
}
