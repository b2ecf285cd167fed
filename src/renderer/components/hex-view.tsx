import { useVirtualizer } from '@tanstack/react-virtual'
import { type MouseEvent, useEffect, useRef } from 'react'
import classes from './message-bytes.module.css'
import { BYTES_A_LINE, byteChar, offsetText } from './wire-tree.ts'

interface HexViewProps {
  bytes: Uint8Array
  /** What is marked, end excluded. */
  range: { start: number; end: number } | undefined
  onPick: (offset: number) => void
}

const LINE_HEIGHT = 20

/** Bytes as hex and as text, sixteen a line. */
export function HexView({ bytes, range, onPick }: HexViewProps) {
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: Math.ceil(bytes.length / BYTES_A_LINE),
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_HEIGHT,
    overscan: 10,
  })
  const start = range?.start
  useEffect(() => {
    if (start !== undefined) virtual.scrollToIndex(Math.floor(start / BYTES_A_LINE))
  }, [start, virtual])
  const pick = (event: MouseEvent) => {
    const offset = event.target instanceof HTMLElement ? event.target.dataset.offset : undefined
    if (offset !== undefined) onPick(Number(offset))
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so it must be reachable by keyboard
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree beside it does the same by keys
    // biome-ignore lint/a11y/noStaticElementInteractions: picking a byte is a short cut to its field in the tree
    <div ref={scroller} tabIndex={0} className={classes.hex} onClick={pick}>
      <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {virtual.getVirtualItems().map(({ index, start: top }) => (
          <HexLine key={index} bytes={bytes} from={index * BYTES_A_LINE} range={range} top={top} />
        ))}
      </div>
    </div>
  )
}

interface HexLineProps {
  bytes: Uint8Array
  from: number
  range: HexViewProps['range']
  top: number
}

function HexLine({ bytes, from, range, top }: HexLineProps) {
  const line = Array.from(bytes.subarray(from, from + BYTES_A_LINE), (byte, index) => ({
    byte,
    offset: from + index,
  }))
  const isMarked = (offset: number) => range !== undefined && offset >= range.start && offset < range.end
  return (
    <div className={classes.hexLine} style={{ transform: `translateY(${top}px)` }}>
      <span className="faint">{offsetText(from)}</span>
      <span className={classes.bytes}>
        {line.map(({ byte, offset }) => (
          <span key={offset} data-offset={offset} className={isMarked(offset) ? classes.marked : undefined}>
            {byte.toString(16).padStart(2, '0')}
          </span>
        ))}
      </span>
      <span className={classes.chars}>
        {line.map(({ byte, offset }) => (
          <span key={offset} data-offset={offset} className={isMarked(offset) ? classes.marked : undefined}>
            {byteChar(byte)}
          </span>
        ))}
      </span>
    </div>
  )
}
