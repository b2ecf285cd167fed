import type { ReactNode } from 'react'
import type { PeerState } from '../../shared/rows.ts'

const shapes: Record<PeerState, ReactNode> = {
  live: <rect x="2" y="1" width="8" height="10" rx="1" fill="var(--state-live)" />,
  unverified: (
    <rect
      x="2.7"
      y="1.7"
      width="6.6"
      height="8.6"
      rx="1"
      fill="none"
      stroke="var(--state-live)"
      strokeWidth="1.4"
    />
  ),
  stale: <rect x="2" y="1" width="8" height="10" rx="1" fill="var(--state-stale)" />,
  replacement: (
    <rect
      x="2.7"
      y="1.7"
      width="6.6"
      height="8.6"
      rx="1"
      fill="none"
      stroke="var(--state-replacement)"
      strokeDasharray="2 1.5"
    />
  ),
}

/** A peer's state in the table: the less we know, the less ink. */
export function PeerStateGlyph({ state }: { state: PeerState }) {
  return (
    <svg width="12" height="12" viewBox="0 0 12 12" role="img" aria-label={state} style={inline}>
      <title>{state}</title>
      {shapes[state]}
    </svg>
  )
}

const inline = { flex: 'none', display: 'inline-block', verticalAlign: -1.5 }
