import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { EmptyState } from '../../components/empty-state.tsx'
import { Glyph } from '../../components/glyph.tsx'
import { nextIndex } from '../../components/list-keys.ts'
import { Panel } from '../../components/panel.tsx'
import { Segmented } from '../../components/segmented.tsx'
import { shortPeerId } from '../../format/ids.ts'
import { MiniMap } from './mini-map.tsx'
import { percentIn, roundTicks, type TimeWindow, timeAxis } from './time-scale.ts'
import type { PhaseChange } from './trace-model.ts'
import classes from './waterfall.module.css'
import { essentialRows, peakInFlight, type SegmentPhase, type WaterfallRow } from './waterfall.ts'
import { WaterfallBar } from './waterfall-bar.tsx'
import { WaterfallGrid, WaterfallOverlay } from './waterfall-overlay.tsx'

export const ROW_HEIGHT = 16

/** Rows that Page up and Page down go. */
const PAGE = 16

interface WaterfallPanelProps {
  rows: readonly WaterfallRow[]
  firstHolders: ReadonlySet<number>
  phases: readonly PhaseChange[]
  durationMs: number
  isEnded: boolean
  selected: number | undefined
  onSelect: (rpcId: number) => void
  /** Absent while nothing is replayed. */
  cursorMs: number | undefined
}

/** A row per request, with a mini-map to choose the time that is shown. */
export function WaterfallPanel(props: WaterfallPanelProps) {
  const { rows, firstHolders, durationMs, isEnded } = props
  const [shown, setShown] = useState<'essential' | 'all'>('essential')
  const [brush, setBrush] = useState<TimeWindow>()
  const essential = essentialRows(rows, firstHolders)
  const visible = shown === 'all' ? rows : essential
  const full = { fromMs: 0, toMs: Math.max(durationMs, 1) }
  const window = brush ?? full
  const slots = peakInFlight(rows)
  return (
    <Panel
      title="Waterfall"
      hint={<Swatches />}
      actions={
        <Segmented
          label="Rows shown"
          value={shown}
          onChange={setShown}
          options={[
            { value: 'all', label: `All ${rows.length}` },
            { value: 'essential', label: `Essential ${essential.length}` },
          ]}
        />
      }
    >
      <div className={classes.frame}>
        <MiniMap rows={rows} durationMs={full.toMs} window={window} onWindow={setBrush} peak={slots} />
        <TimeAxis window={window} />
        {rows.length === 0 && <EmptyState title={isEnded ? 'Nobody was asked.' : 'Nobody was asked yet.'} />}
        {rows.length > 0 && <Rows {...props} rows={visible} window={window} />}
        <div className={classes.foot}>
          <span>
            {visible.length < rows.length
              ? `${rows.length - visible.length} rows that changed nothing are folded`
              : ''}
          </span>
          {rows.some(({ slowAtMs }) => slowAtMs !== undefined) && (
            <span>grey: silent, its slot was given away at the soft deadline</span>
          )}
        </div>
      </div>
    </Panel>
  )
}

const phaseNames: SegmentPhase[] = ['queued', 'dial', 'negotiate', 'wait', 'decode']

function Swatches() {
  return (
    <span className={classes.swatches}>
      {phaseNames.map((phase) => (
        <span key={phase} className={classes.swatch}>
          <i className={classes.sample}>
            <span className={classes[phase]} />
          </i>
          {phase}
        </span>
      ))}
      <span className={classes.swatch}>
        <i className={classes.pathSample} />
        path
      </span>
    </span>
  )
}

function TimeAxis({ window }: { window: TimeWindow }) {
  const { unit, label } = timeAxis(window.toMs)
  return (
    <div className={classes.axis}>
      <div className={classes.axisLabels}>
        <span>peer</span>
        <span title="Leading bits the peer’s key shares with the target">bits</span>
      </div>
      <div className={classes.ticks}>
        {roundTicks(window.fromMs, window.toMs, 7).map((atMs, index) => (
          <span key={atMs} className={classes.tick} style={{ left: `${percentIn(window, atMs)}%` }}>
            {label(atMs)}
            {index === 0 ? ` ${unit}` : ''}
          </span>
        ))}
      </div>
    </div>
  )
}

function Rows(props: WaterfallPanelProps & { window: TimeWindow }) {
  const { rows, window, selected, onSelect, phases, cursorMs } = props
  const scroll = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
  })
  const at = rows.findIndex(({ rpcId }) => rpcId === selected)
  useEffect(() => {
    if (at >= 0) virtual.scrollToIndex(at, { align: 'auto' })
  }, [at, virtual])
  const step = (event: KeyboardEvent) => {
    const next = nextIndex(event.key, at, rows.length, PAGE)
    const row = next === undefined ? undefined : rows[next]
    if (row === undefined) return
    event.preventDefault()
    onSelect(row.rpcId)
  }
  return (
    <div
      ref={scroll}
      className={classes.scroll}
      role="listbox"
      tabIndex={0}
      aria-label="Requests in the order of sending"
      aria-activedescendant={at >= 0 ? `request-${selected}` : undefined}
      onKeyDown={step}
    >
      <div className={classes.body} role="presentation" style={{ height: virtual.getTotalSize() }}>
        <WaterfallGrid window={window} phases={phases} />
        {virtual.getVirtualItems().map(({ index, start }) => {
          const row = rows[index]
          return row === undefined ? null : (
            <Row
              key={row.rpcId}
              row={row}
              top={start}
              window={window}
              isSelected={row.rpcId === selected}
              onSelect={onSelect}
            />
          )
        })}
        <WaterfallOverlay rows={rows} window={window} cursorMs={cursorMs} />
      </div>
    </div>
  )
}

interface RowProps {
  row: WaterfallRow
  top: number
  window: TimeWindow
  isSelected: boolean
  onSelect: (rpcId: number) => void
}

function Row({ row, top, window, isSelected, onSelect }: RowProps) {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: keys are taken by the list
    // biome-ignore lint/a11y/useFocusableInteractive: aria-activedescendant of the list
    <div
      id={`request-${row.rpcId}`}
      role="option"
      aria-selected={isSelected}
      className={classes.row}
      style={{ top }}
      data-outcome={row.outcome}
      data-critical={row.isCritical}
      onClick={() => onSelect(row.rpcId)}
    >
      <span className={classes.label}>
        <Glyph kind={row.outcome} size={10} />
        <span>#{row.number}</span>
        <span title={row.peer}>{shortPeerId(row.peer)}</span>
        <span className={classes.bits}>{row.sharedBits}</span>
      </span>
      <span className={classes.track}>
        <WaterfallBar row={row} window={window} />
      </span>
    </div>
  )
}
