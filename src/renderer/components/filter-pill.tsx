import type { ReactNode } from 'react'
import classes from './chip.module.css'

/** A filter that is on or off. */
export function FilterPill({
  isOn,
  onToggle,
  children,
}: {
  isOn: boolean
  onToggle: () => void
  children: ReactNode
}) {
  return (
    <button
      type="button"
      className={`${classes.chip} ${classes.pill}`}
      aria-pressed={isOn}
      onClick={onToggle}
    >
      {children}
    </button>
  )
}
