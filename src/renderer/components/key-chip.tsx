import type { KeyView } from '../../shared/rows.ts'
import { shortKey } from '../format/ids.ts'
import classes from './chip.module.css'

/** A key as a chip, shortened in the middle, whole on hover. */
export function KeyChip({ keyView }: { keyView: KeyView }) {
  return (
    <span className={classes.chip} title={`${keyView.text}\nkeyspace ${keyView.target}`}>
      <span className="cut">{shortKey(keyView.text)}</span>
    </span>
  )
}
