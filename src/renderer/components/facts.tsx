import type { ReactNode } from 'react'
import classes from './facts.module.css'

/** Names and values in two columns. A value of `undefined` leaves its line out. */
export function Facts({
  items,
  nameWidth = 72,
}: {
  items: readonly (readonly [string, ReactNode])[]
  nameWidth?: number
}) {
  return (
    <dl className={classes.facts} style={{ gridTemplateColumns: `${nameWidth}px minmax(0, 1fr)` }}>
      {items.map(
        ([name, value]) =>
          value !== undefined && (
            <div key={name} className={classes.fact}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
      )}
    </dl>
  )
}
