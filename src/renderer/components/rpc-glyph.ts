import type { RpcRow } from '../../shared/rows.ts'
import type { GlyphKind } from './glyph.tsx'

/** An answered inbound request is an arrow-head; anything else is its outcome. */
export function rpcGlyph({ direction, outcome }: Pick<RpcRow, 'direction' | 'outcome'>): GlyphKind {
  return direction === 'in' && outcome === 'ok' ? 'inbound' : outcome
}
