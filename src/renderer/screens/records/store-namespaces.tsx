import type { StoreStats } from '../../../shared/rows.ts'
import { formatCount } from '../../format/numbers.ts'
import classes from './store-panel.module.css'
import { PROVIDERS } from './store-panel.tsx'

interface StoreNamespacesProps {
  store: StoreStats | undefined
  /** Undefined is all of them. */
  selected: string | undefined
  onSelect: (place: string | undefined) => void
}

/** Namespaces with how many values each has, and the provider records. */
export function StoreNamespaces({ store, selected, onSelect }: StoreNamespacesProps) {
  const places = [
    { place: undefined, label: 'All values', count: store?.values.entries },
    ...(store?.namespaces ?? []).map(({ namespace, entries }) => ({
      place: namespace,
      label: namespace === '' ? '(no namespace)' : `/${namespace}`,
      count: entries,
    })),
    { place: PROVIDERS, label: 'Providers', count: store?.providers.entries },
  ]
  return (
    <nav className={classes.places} aria-label="Parts of the store">
      {places.map(({ place, label, count }) => (
        <button
          key={label}
          type="button"
          className={classes.place}
          aria-pressed={place === selected}
          onClick={() => onSelect(place)}
        >
          <span className={label.startsWith('/') ? 'mono cut' : 'cut'}>{label}</span>
          <span className={classes.count}>{count === undefined ? '' : formatCount(count)}</span>
        </button>
      ))}
      <p className={classes.note}>
        A value lives 48 h from its last put. At a cap the farthest from this node goes first.
      </p>
    </nav>
  )
}
