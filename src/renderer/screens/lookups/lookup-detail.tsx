import { useMediaQuery } from '@mantine/hooks'
import { useMemo } from 'react'
import type { OperationRow } from '../../../shared/rows.ts'
import type { TraceEvent } from '../../../shared/trace-event.ts'
import { LoadingState } from '../../components/empty-state.tsx'
import { ErrorText } from '../../components/error-text.tsx'
import { useNow } from '../../components/use-now.ts'
import { useTrace } from '../../state/use-trace.ts'
import { distanceChart } from './distance-chart.ts'
import { DistancePanel, DistancePlot } from './distance-panel.tsx'
import { EvidencePanel } from './evidence-panel.tsx'
import classes from './lookup-detail.module.css'
import { LookupHeader } from './lookup-header.tsx'
import { ReplayBar } from './replay-bar.tsx'
import { firstHolderRequests } from './seen-values.ts'
import { durationOf, firstReceivedValue, readTrace, type TraceModel } from './trace-model.ts'
import { useOperation } from './use-operation.ts'
import { useReplay } from './use-replay.ts'
import { VerdictPanel } from './verdict-panel.tsx'
import { traceVerdicts } from './verdicts.ts'
import { waterfallRows } from './waterfall.ts'
import { WaterfallPanel } from './waterfall-panel.tsx'

interface LookupDetailProps {
  id: string
  /** The request chosen in every view. */
  selected: number | undefined
  onSelect: (rpcId: number) => void
}

/** One operation as linked views of its trace, with one selection and one time cursor. */
export function LookupDetail({ id, selected, onSelect }: LookupDetailProps) {
  const { events, error } = useTrace(id)
  const { operation, error: rowError } = useOperation(id)
  const problem = error ?? rowError
  if (operation !== undefined && events !== undefined) {
    return <Views operation={operation} events={events} selected={selected} onSelect={onSelect} />
  }
  if (problem !== undefined) {
    return (
      <div className={classes.error}>
        <ErrorText error={problem} />
      </div>
    )
  }
  return <LoadingState>Fetching the trace…</LoadingState>
}

interface ViewsProps {
  operation: OperationRow
  events: readonly TraceEvent[]
  selected: number | undefined
  onSelect: (rpcId: number) => void
}

/** Where the distance chart has no room beside the waterfall, it goes below with the evidence. */
const NARROW = '(max-width: 1240px)'

function Views({ operation, events, selected, onSelect }: ViewsProps) {
  const model = useMemo(() => readTrace(events), [events])
  const nowMs = useElapsed(operation)
  const views = useMemo(() => viewsOf(model, nowMs), [model, nowMs])
  const { rows, chart, verdicts, firstHolders, durationMs } = views
  const replay = useReplay(durationMs)
  const isNarrow = useMediaQuery(NARROW, window.matchMedia(NARROW).matches) ?? false
  const chosen = selected ?? defaultSelection(model)
  const isEnded = operation.durationMs !== undefined
  const { cursorMs } = replay
  const shared = { phases: model.phases, durationMs, isEnded, selected: chosen, onSelect, cursorMs }
  return (
    <div className={classes.views} data-narrow={isNarrow}>
      <LookupHeader operation={operation} model={model} nowMs={nowMs} />
      <VerdictPanel verdicts={verdicts} rows={rows} durationMs={durationMs} onSelect={onSelect} />
      <div className={classes.charts}>
        <WaterfallPanel rows={rows} firstHolders={firstHolders} {...shared} />
        {!isNarrow && <DistancePanel chart={chart} {...shared} />}
      </div>
      <EvidencePanel
        operation={operation}
        model={model}
        rows={rows}
        selected={chosen}
        onSelect={onSelect}
        distance={isNarrow ? <DistancePlot chart={chart} {...shared} /> : undefined}
      />
      <ReplayBar
        replay={replay}
        durationMs={durationMs}
        points={chart.points}
        marks={marksOf(model)}
        onSelect={onSelect}
      />
    </div>
  )
}

function viewsOf(model: TraceModel, nowMs: number) {
  return {
    rows: waterfallRows(model, nowMs),
    chart: distanceChart(model, nowMs),
    verdicts: traceVerdicts(model),
    firstHolders: firstHolderRequests(model),
    durationMs: Math.max(1, durationOf(model, nowMs)),
  }
}

/** How long an operation runs already; 0 for one that ended, which no longer changes. */
function useElapsed({ durationMs, startedAt }: OperationRow): number {
  const now = useNow()
  return durationMs === undefined ? Math.max(0, now - startedAt) : 0
}

/** What is looked at first: the first value, else the first answer, else the first request. */
function defaultSelection(model: TraceModel): number | undefined {
  const value = model.values.find(({ rpcId }) => rpcId !== undefined)
  const answered = model.requests.find(({ replied }) => replied !== undefined)
  return value?.rpcId ?? answered?.rpcId ?? model.requests[0]?.rpcId
}

function marksOf(model: TraceModel): { label: string; atMs: number }[] {
  const first = firstReceivedValue(model)
  const phases = model.phases.slice(0, 1).map(({ phase, atMs }) => ({ label: phase, atMs }))
  return first === undefined ? phases : [{ label: 'first value', atMs: first.atMs }, ...phases]
}
