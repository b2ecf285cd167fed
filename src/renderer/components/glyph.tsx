import type { ReactNode } from 'react'
import type { Outcome } from '../../shared/rows.ts'

/** What a glyph can say: an outcome, that others ask us, or nothing yet. */
export type GlyphKind = Outcome | 'inbound' | 'none'

const shapes: Record<GlyphKind, ReactNode> = {
  ok: <circle cx="6" cy="6" r="4.4" fill="currentColor" />,
  slow: <path d="M2 1.4h8L7 6l3 4.6H2L5 6z" fill="currentColor" />,
  timeout: <circle cx="6" cy="6" r="3.9" fill="none" stroke="currentColor" strokeWidth="1.8" />,
  reset: <path d="M2.4 2.4l7.2 7.2M9.6 2.4L2.4 9.6" stroke="currentColor" strokeWidth="2.2" fill="none" />,
  rejected: <path fillRule="evenodd" d="M1.5 1.5h9v9h-9zM3.4 5h5.2v2H3.4z" fill="currentColor" />,
  inbound: <path d="M10.2 1.4v9.2L1.6 6z" fill="currentColor" />,
  cancelled: <path d="M6 1.6L10.4 6 6 10.4 1.6 6z" fill="none" stroke="currentColor" strokeWidth="1.5" />,
  none: <path d="M3 6h6" stroke="currentColor" strokeWidth="1.6" />,
  pending: (
    <>
      <circle cx="6" cy="6" r="4.4" fill="none" stroke="var(--border-control)" strokeWidth="2" />
      <path d="M6 1.6a4.4 4.4 0 0 1 3.8 6.6" fill="none" stroke="currentColor" strokeWidth="2" />
    </>
  ),
}

const words: Record<GlyphKind, string> = {
  ok: 'ok',
  slow: 'slow',
  timeout: 'timeout',
  reset: 'reset',
  rejected: 'rejected',
  inbound: 'inbound',
  cancelled: 'cancelled',
  none: 'nothing yet',
  pending: 'running',
}

interface GlyphProps {
  kind: GlyphKind
  /** What it means here; default the outcome's name. Empty where the text beside it says the same. */
  label?: string
  size?: number
}

/** An outcome as a colour and a shape, everywhere the same. */
export function Glyph({ kind, label = words[kind], size = 12 }: GlyphProps) {
  const shared = { className: `o-${kind}`, width: size, height: size, viewBox: '0 0 12 12', style: inline }
  if (label === '') {
    return (
      <svg {...shared} aria-hidden="true">
        {shapes[kind]}
      </svg>
    )
  }
  return (
    <svg {...shared} role="img" aria-label={label}>
      <title>{label}</title>
      {shapes[kind]}
    </svg>
  )
}

const inline = { flex: 'none', display: 'inline-block', verticalAlign: -1.5 }

/** The same shape as the mark of a chart, centred on a point. */
export function GlyphMark({
  kind,
  x,
  y,
  size = 10,
}: {
  kind: GlyphKind
  x: number
  y: number
  size?: number
}) {
  return (
    <g className={`o-${kind}`} transform={`translate(${x - size / 2} ${y - size / 2}) scale(${size / 12})`}>
      {shapes[kind]}
    </g>
  )
}
