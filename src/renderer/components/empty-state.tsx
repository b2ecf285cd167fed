import { Loader } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './empty-state.module.css'

interface EmptyStateProps {
  /** What is not there. */
  title: string
  /** Why, and what to do next. */
  children?: ReactNode
  /** The next step as a button. */
  action?: ReactNode
}

/** Nothing to show: says why and what to do next. */
export function EmptyState({ title, children, action }: EmptyStateProps) {
  return (
    <div className={classes.empty}>
      <p className="strong">{title}</p>
      {children !== undefined && <p className="muted">{children}</p>}
      {action}
    </div>
  )
}

/** Something is on its way. */
export function LoadingState({ children }: { children: ReactNode }) {
  return (
    <div className={classes.empty} role="status">
      <Loader size={16} color="var(--accent)" />
      <p className="muted">{children}</p>
    </div>
  )
}
