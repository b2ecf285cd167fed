import { type ReactNode, useId } from 'react'
import classes from './panel.module.css'

interface PanelProps {
  title: ReactNode
  /** Faint words after the title. */
  hint?: ReactNode
  /** Controls at the right of the head. */
  actions?: ReactNode
  children: ReactNode
  /** With padding; without, for tables and charts. */
  padded?: boolean
  /** The body scrolls when it is too long. */
  scrolls?: boolean
  className?: string
}

/** A bordered part of a page: a head of 32 px and a body that scrolls by itself. */
export function Panel({
  title,
  hint,
  actions,
  children,
  padded = false,
  scrolls = false,
  className,
}: PanelProps) {
  const id = useId()
  const body = [classes.body, padded && classes.padded, scrolls && classes.scrolls].filter(Boolean).join(' ')
  return (
    <section className={`${classes.panel} ${className ?? ''}`} aria-labelledby={id}>
      <header className={classes.head}>
        <h2 id={id}>{title}</h2>
        {hint !== undefined && (
          <span className={classes.hint} {...(typeof hint === 'string' && { title: hint })}>
            {hint}
          </span>
        )}
        <span className="grow" />
        {actions}
      </header>
      <div className={body} {...(scrolls && { tabIndex: 0 })}>
        {children}
      </div>
    </section>
  )
}
