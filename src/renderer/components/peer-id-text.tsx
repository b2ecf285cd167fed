import { shortPeerId, tailPeerId } from '../format/ids.ts'
import { CopyButton } from './copy-button.tsx'

interface PeerIdTextProps {
  id: string
  /** `tail` inside a list of peers: `…4o7QdK`. Default `short`: `12D3…4o7QdK`. */
  form?: 'short' | 'tail' | 'full'
  /** With a copy button. Default false. */
  copy?: boolean
}

/** A peer id shortened in the middle, whole on hover. */
export function PeerIdText({ id, form = 'short', copy = false }: PeerIdTextProps) {
  const text = form === 'full' ? id : form === 'tail' ? tailPeerId(id) : shortPeerId(id)
  return (
    <span className="row nowrap" style={{ gap: 4, display: 'inline-flex' }}>
      <span className="mono" title={id}>
        {text}
      </span>
      {copy && <CopyButton value={id} label="Copy peer id" />}
    </span>
  )
}
