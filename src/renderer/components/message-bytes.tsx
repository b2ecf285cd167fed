import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, useMemo, useRef, useState } from 'react'
import { walkMessage } from '../../shared/wire-walker.ts'
import { formatBytes } from '../format/numbers.ts'
import { EmptyState } from './empty-state.tsx'
import { HexView } from './hex-view.tsx'
import { nextIndex } from './list-keys.ts'
import classes from './message-bytes.module.css'
import { Segmented } from './segmented.tsx'
import { bytesOf, lineAt, type TreeLine, treeLines } from './wire-tree.ts'

interface MessageBytesProps {
  /** The messages as hex, without their length prefix; undefined where not kept. */
  request: string | undefined
  reply: string | undefined
}

/** One message at a time as a tree of fields beside its bytes; selecting one marks the other. */
export function MessageBytes({ request, reply }: MessageBytesProps) {
  const [wanted, setWanted] = useState<'request' | 'reply'>('reply')
  const side = wanted === 'reply' && reply === undefined ? 'request' : wanted
  const hex = side === 'reply' ? reply : request
  const label = (name: string, message: string | undefined) =>
    message === undefined ? `${name}: not kept` : `${name} ${formatBytes(message.length / 2)}`
  return (
    <div className={classes.message}>
      <div className={classes.choice}>
        <Segmented
          label="Message"
          value={side}
          onChange={setWanted}
          options={[
            { value: 'request', label: label('Request', request), disabled: request === undefined },
            { value: 'reply', label: label('Reply', reply), disabled: reply === undefined },
          ]}
        />
      </div>
      {hex === undefined ? (
        <EmptyState title="The bytes of this exchange were not kept.">
          The recorder keeps messages within a budget, newest first; those of inbound requests only while
          traced.
        </EmptyState>
      ) : (
        <Decoded key={`${side} ${hex}`} hex={hex} />
      )}
    </div>
  )
}

function Decoded({ hex }: { hex: string }) {
  const bytes = useMemo(() => bytesOf(hex), [hex])
  const root = useMemo(() => walkMessage(bytes), [bytes])
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set())
  const [selectedId, select] = useState<string>()
  const lines = useMemo(() => treeLines(root, toggled), [root, toggled])
  const selected = lines.find(({ id }) => id === selectedId)
  const toggle = (id: string) => setToggled((before) => flipped(before, id))
  return (
    <div className={classes.halves}>
      <WireTree lines={lines} selected={selected} onSelect={select} onToggle={toggle} />
      <HexView
        bytes={bytes}
        range={selected && { start: selected.node.start, end: selected.node.end }}
        onPick={(offset) => select(lineAt(lines, offset)?.id)}
      />
    </div>
  )
}

function flipped(before: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(before)
  if (!next.delete(id)) next.add(id)
  return next
}

interface WireTreeProps {
  lines: readonly TreeLine[]
  selected: TreeLine | undefined
  onSelect: (id: string) => void
  onToggle: (id: string) => void
}

const LINE_HEIGHT = 20

function WireTree({ lines, selected, onSelect, onToggle }: WireTreeProps) {
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_HEIGHT,
    overscan: 10,
  })
  const index = selected === undefined ? -1 : lines.indexOf(selected)
  const onKeyDown = (event: KeyboardEvent) => {
    const opens = event.key === 'ArrowRight' && selected?.isOpen === false
    const closes = event.key === 'ArrowLeft' && selected?.isOpen === true
    const next = nextIndex(event.key, index, lines.length, 10)
    const line = next === undefined ? undefined : lines[next]
    if (selected !== undefined && selected.node.children.length > 0 && (opens || closes))
      onToggle(selected.id)
    else if (line !== undefined && next !== undefined) {
      onSelect(line.id)
      virtual.scrollToIndex(next)
    } else return
    event.preventDefault()
  }
  const active = index >= 0 && { 'aria-activedescendant': `wire-${index}` }
  return (
    <div
      ref={scroller}
      role="tree"
      aria-label="Fields"
      tabIndex={0}
      className={classes.tree}
      onKeyDown={onKeyDown}
      {...active}
    >
      <div role="none" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {virtual.getVirtualItems().map((item) => {
          const line = lines[item.index]
          return (
            line !== undefined && (
              <FieldLine
                key={line.id}
                line={line}
                index={item.index}
                top={item.start}
                isSelected={line === selected}
                onSelect={() => onSelect(line.id)}
                onToggle={() => onToggle(line.id)}
              />
            )
          )
        })}
      </div>
    </div>
  )
}

interface FieldLineProps {
  line: TreeLine
  index: number
  top: number
  isSelected: boolean
  onSelect: () => void
  onToggle: () => void
}

function FieldLine({ line, index, top, isSelected, onSelect, onToggle }: FieldLineProps) {
  const { node, depth, isOpen } = line
  const isParent = node.children.length > 0
  const toggle = () => {
    onSelect()
    if (isParent) onToggle()
  }
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree itself takes the keys
    <div
      id={`wire-${index}`}
      role="treeitem"
      tabIndex={-1}
      aria-level={depth + 1}
      aria-selected={isSelected}
      {...(isParent && { 'aria-expanded': isOpen })}
      className={`${classes.line} ${node.kind === 'error' ? 'bad' : ''}`}
      style={{ transform: `translateY(${top}px)` }}
      onClick={toggle}
    >
      <span className="cut" style={{ paddingLeft: depth * 12 }}>
        <span className={classes.twist}>{isParent ? (isOpen ? '▾' : '▸') : ''}</span>
        <span className={classes.name}>{node.name}</span>
      </span>
      <span className="cut" title={node.value}>
        {node.value}
      </span>
      <span className={classes.place}>@{node.start}</span>
      <span className={classes.place}>{node.end - node.start} B</span>
    </div>
  )
}
