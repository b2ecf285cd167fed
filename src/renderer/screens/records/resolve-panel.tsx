import { Button, NumberInput } from '@mantine/core'
import { useId, useState } from 'react'
import { Link } from 'wouter'
import type { OperationInput, ParsedKey } from '../../../shared/contract.ts'
import type { NetworkRow } from '../../../shared/rows.ts'
import { api } from '../../api.ts'
import { EmptyState, LoadingState } from '../../components/empty-state.tsx'
import { ErrorText } from '../../components/error-text.tsx'
import { Meter } from '../../components/meter.tsx'
import { Panel } from '../../components/panel.tsx'
import { useCommand } from '../../components/use-command.ts'
import { formatDuration } from '../../format/times.ts'
import { useRouteParam } from '../../route/hash-location.ts'
import { useTrace } from '../../state/use-trace.ts'
import { lookupHref } from '../lookups/lookup-routes.ts'
import { plural } from '../lookups/phrases.ts'
import { requestOutcome } from '../lookups/request-outcome.ts'
import { type SeenValue, seenValues } from '../lookups/seen-values.ts'
import { readTrace, type TraceModel } from '../lookups/trace-model.ts'
import classes from './resolve-panel.module.css'
import { SeenValueCard } from './seen-value-card.tsx'

interface ResolvePanelProps {
  network: NetworkRow
  /** Undefined until there is a key that can be used. */
  parsed: Extract<ParsedKey, { ok: true }> | undefined
}

/** More than hold any key: the lookup then asks everybody near it, also when this node holds a value itself. */
const EVERYBODY = 100

const startOperation = (input: OperationInput) => api.operations.start(input)

/** Resolves a key: every value seen, who holds it, which one was selected and why. */
export function ResolvePanel({ network, parsed }: ResolvePanelProps) {
  const [getId, setGetId] = useRouteParam('get')
  const quorumId = useId()
  const [quorum, setQuorum] = useState(0)
  const start = useCommand(startOperation)
  const resolve = async () => {
    if (parsed === undefined) return
    const started = await start.run({
      networkId: network.id,
      kind: 'GET_VALUE',
      key: parsed.key.text,
      quorum: quorum > 0 ? quorum : EVERYBODY,
    })
    if (started !== undefined) setGetId(started.id)
  }
  return (
    <Panel
      title="Resolve"
      hint={getId === undefined ? undefined : <Link href={lookupHref(getId)}>trace</Link>}
      actions={
        <>
          <label className="xs muted" htmlFor={quorumId}>
            Quorum, 0 for all
          </label>
          <NumberInput
            id={quorumId}
            size="xs"
            w={64}
            min={0}
            max={100}
            value={quorum}
            onChange={(value) => setQuorum(typeof value === 'number' ? value : 0)}
            title="Valid answers after which it may end early; 0 asks all who are near the key"
          />
          <Button
            size="xs"
            variant="filled"
            disabled={parsed === undefined}
            loading={start.isRunning}
            onClick={() => void resolve()}
          >
            Resolve
          </Button>
        </>
      }
      scrolls
    >
      <div className={classes.body}>
        {start.error !== undefined && <ErrorText error={start.error} />}
        {getId === undefined ? (
          <EmptyState title="Nothing was resolved yet.">
            Give a key and resolve it to see every value that is held under it, and by whom.
          </EmptyState>
        ) : (
          <Resolution operationId={getId} quorum={quorum} />
        )}
      </div>
    </Panel>
  )
}

function Resolution({ operationId, quorum }: { operationId: string; quorum: number }) {
  const { events, error } = useTrace(operationId)
  if (error !== undefined) return <ErrorText error={error} />
  if (events === undefined) return <LoadingState>Starting…</LoadingState>
  const model = readTrace(events)
  const values = seenValues(model)
  return (
    <>
      <Progress model={model} values={values} quorum={quorum} />
      {values.map((value) => (
        <SeenValueCard
          key={value.value}
          value={value}
          asked={answeredCount(model)}
          isEnded={model.ended !== undefined}
        />
      ))}
      <Closing model={model} values={values} />
    </>
  )
}

function answeredCount({ requests }: TraceModel): number {
  return requests.filter(({ replied }) => replied !== undefined).length
}

/** With a quorum: valid answers against it. Without: how many of the nearest have answered. */
function Progress({
  model,
  values,
  quorum,
}: {
  model: TraceModel
  values: readonly SeenValue[]
  quorum: number
}) {
  const k = model.started?.k ?? 20
  const answered = answeredCount(model)
  const valid = values.filter(({ rejected }) => rejected === undefined).flatMap(({ holders }) => holders)
  const isCounted = quorum > 0
  const [value, wanted] = isCounted ? [valid.length, quorum] : [Math.min(answered, k), k]
  return (
    <div className={classes.progress}>
      <span>{isCounted ? 'Quorum' : 'Answers'}</span>
      <Meter
        label={isCounted ? 'Valid answers of the quorum' : 'Answers of the nearest'}
        value={value}
        max={wanted}
      />
      <span>
        <b className="mono">{isCounted ? valid.length : answered}</b>{' '}
        {isCounted ? `of ${quorum} wanted` : `of ${plural(model.requests.length, 'peer')} asked`}
        {model.ended === undefined ? '' : `, ${formatDuration(model.ended.durationMs)}`}
      </span>
    </div>
  )
}

/** Of the selected value, which comes first. */
function heldBy([selected]: readonly SeenValue[]): string {
  const holders = selected?.holders ?? []
  const others = holders.filter(({ rpcId }) => rpcId !== undefined).length
  const own = others < holders.length ? ['this node'] : []
  return `It is held by ${[...own, ...(others > 0 ? [plural(others, 'peer')] : [])].join(' and ')}.`
}

function Closing({ model, values }: { model: TraceModel; values: readonly SeenValue[] }) {
  const silent = model.requests.filter((request) => ['slow', 'timeout'].includes(requestOutcome(request)))
  const { ended, selected } = model
  return (
    <div className={classes.closing}>
      {selected !== undefined && (
        <p>
          <b>Why this one.</b> {selected.reason} {heldBy(values)}
        </p>
      )}
      {ended !== undefined && values.length === 0 && (
        <p>
          <b>No value.</b> {ended.error?.message ?? 'Nobody who was asked holds one under this key.'}
        </p>
      )}
      {silent.length > 0 && <p>{plural(silent.length, 'peer')} did not answer in time.</p>}
    </div>
  )
}
