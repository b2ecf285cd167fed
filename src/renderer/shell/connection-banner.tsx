import { Glyph } from '../components/glyph.tsx'
import { useNow } from '../components/use-now.ts'
import { useApp } from '../state/app-store.ts'
import classes from './app-frame.module.css'

/** Says that the backend does not answer, what is done about it and what can be done. */
export function ConnectionBanner() {
  const connection = useApp((state) => state.connection)
  const isLoaded = useApp((state) => state.isLoaded)
  const now = useNow()
  if (connection.status !== 'lost') return null
  const seconds = Math.max(0, Math.ceil((connection.retryAt - now) / 1000))
  return (
    <div className={classes.banner} role="alert">
      <Glyph kind="timeout" label="disconnected" />
      <span className="grow">
        <b>No connection to the backend.</b> {connection.reason}{' '}
        <span className="muted">
          {isLoaded && 'What is shown is what was known then. '}
          If it was stopped, start it again and open the address it prints.
        </span>
      </span>
      <span className="muted nowrap">{seconds === 0 ? 'trying…' : `next try in ${seconds} s`}</span>
    </div>
  )
}
