import { Link } from 'wouter'
import { tailPeerId } from '../format/ids.ts'
import classes from './chip.module.css'
import { Glyph, type GlyphKind } from './glyph.tsx'

interface RpcChipProps {
  outcome: GlyphKind
  peer: string
  /** Its number in the lookup. */
  number?: number
  href?: string
  onClick?: () => void
}

/** The proof of a sentence: a request's outcome and peer, which jumps to it. */
export function RpcChip({ outcome, peer, number, href, onClick }: RpcChipProps) {
  const content = (
    <>
      <Glyph kind={outcome} size={10} />
      {number !== undefined && <span>#{number}</span>}
      <span>{tailPeerId(peer)}</span>
    </>
  )
  if (href !== undefined) {
    return (
      <Link href={href} className={classes.chip} title={peer}>
        {content}
      </Link>
    )
  }
  return (
    <button type="button" className={classes.chip} title={peer} onClick={onClick}>
      {content}
    </button>
  )
}
