import { ActionIcon } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { type ReactNode, useId } from 'react'
import classes from './drawer.module.css'

interface DrawerProps {
  title: ReactNode
  /** Controls before the close button. */
  actions?: ReactNode
  onClose: () => void
  children: ReactNode
  /** Stays below the part that scrolls. */
  footer?: ReactNode
}

/** What is known of the selected thing, 352 px at the right of its list. Escape closes it. */
export function Drawer({ title, actions, onClose, children, footer }: DrawerProps) {
  const id = useId()
  return (
    <aside
      className={classes.drawer}
      aria-labelledby={id}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose()
      }}
    >
      <header className={classes.head}>
        <h2 id={id} className="row cut">
          {title}
        </h2>
        <span className="grow" />
        {actions}
        <ActionIcon aria-label="Close" onClick={onClose}>
          <IconX size={14} />
        </ActionIcon>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so it must be reachable by keyboard */}
      <div className={classes.body} tabIndex={0}>
        {children}
      </div>
      {footer !== undefined && <footer className={classes.foot}>{footer}</footer>}
    </aside>
  )
}

/** A part of a drawer, with a faint title and what belongs to its right end. */
export function DrawerSection({
  title,
  end,
  children,
}: {
  title?: string
  end?: ReactNode
  children: ReactNode
}) {
  return (
    <section className={classes.section}>
      {title !== undefined && (
        <h3 className={classes.title}>
          <span>{title}</span>
          <span>{end}</span>
        </h3>
      )}
      {children}
    </section>
  )
}
