// biome-ignore-all lint/a11y/useSemanticElements: a meter element cannot carry the mark of what is expected
import classes from './meter.module.css'

interface MeterProps {
  /** What is measured, for those who do not see the bar. */
  label: string
  value: number
  max: number
  /** Where the value is expected; drawn as a mark. */
  expected?: number
  tone?: 'accent' | 'good' | 'warn' | 'bad'
}

/** A thin bar of a value against its cap, with a mark where it is expected. */
export function Meter({ label, value, max, expected, tone = 'accent' }: MeterProps) {
  const share = (of: number) => `${max <= 0 ? 0 : Math.min(100, Math.max(0, (of / max) * 100))}%`
  return (
    <div
      className={classes.meter}
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={Math.max(max, value)}
      aria-valuenow={value}
    >
      <b style={{ width: share(value), background: `var(--${tone})` }} />
      {expected !== undefined && <i style={{ left: `calc(${share(expected)} - 2px)` }} />}
    </div>
  )
}
