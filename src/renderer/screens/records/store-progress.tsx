import { LoadingState } from '../../components/empty-state.tsx'
import { ErrorText } from '../../components/error-text.tsx'
import { Glyph } from '../../components/glyph.tsx'
import { tailPeerId } from '../../format/ids.ts'
import { formatDuration } from '../../format/times.ts'
import { useTrace } from '../../state/use-trace.ts'
import { type StoreResult, storeResults } from '../lookups/lookup-peers.ts'
import { plural } from '../lookups/phrases.ts'
import { readTrace, type TraceModel } from '../lookups/trace-model.ts'
import classes from './store-progress.module.css'

/** What each peer did with what it was sent, as the answers come. */
export function StoreProgress({ operationId }: { operationId: string }) {
  const { events, error } = useTrace(operationId)
  if (error !== undefined) return <ErrorText error={error} />
  if (events === undefined) return <LoadingState>Starting…</LoadingState>
  const model = readTrace(events)
  const results = storeResults(model)
  return (
    <div className={classes.progress}>
      <div className={classes.summary} aria-live="polite">
        {results.length === 0 ? <Search model={model} /> : <Counts results={results} />}
        <span className="faint">{results.length > 0 ? 'nearest first' : ''}</span>
      </div>
      <ul className={classes.cells} aria-label="Peers it was sent to">
        {results.map((result) => (
          <Cell key={result.rpcId} result={result} />
        ))}
      </ul>
      <p className="xs muted">{closing(model)}</p>
    </div>
  )
}

function Search({ model }: { model: TraceModel }) {
  if (model.ended !== undefined) return <span>Sent to nobody.</span>
  const answered = model.requests.filter(({ replied }) => replied !== undefined).length
  return (
    <span>
      Looking for the nearest peers: <b className="mono">{answered}</b> of{' '}
      {plural(model.requests.length, 'peer')} answered
    </span>
  )
}

function Counts({ results }: { results: readonly StoreResult[] }) {
  const count = (...outcomes: StoreResult['outcome'][]) =>
    results.filter(({ outcome }) => outcomes.includes(outcome)).length
  const groups: [number, string][] = [
    [count('ok'), 'stored'],
    [count('rejected'), 'rejected'],
    [count('slow', 'timeout'), 'silent'],
    [count('reset'), 'reset'],
    [count('cancelled'), 'dropped'],
    [count('pending'), 'waiting'],
  ]
  return (
    <span>
      {groups
        .filter(([number], index) => number > 0 || index === 0)
        .map(([number, word], index) => (
          <span key={word}>
            {index > 0 ? ', ' : ''}
            <b className="mono">{number}</b> {word}
          </span>
        ))}
    </span>
  )
}

function Cell({ result }: { result: StoreResult }) {
  const { peer, outcome, reason, durationMs } = result
  const took = durationMs === undefined ? 'sent' : formatDuration(durationMs)
  return (
    <li
      className={classes.cell}
      data-waiting={outcome === 'pending'}
      title={`${peer}${reason === undefined ? '' : `\n${reason}`}`}
    >
      <Glyph kind={outcome} />
      <span className="mono">{tailPeerId(peer)}</span>
      <small className="cut">{reason ?? took}</small>
    </li>
  )
}

function closing({ ended }: TraceModel): string {
  if (ended === undefined) return ''
  return ended.error?.message ?? `Done after ${formatDuration(ended.durationMs)}: ${ended.result}.`
}
