import type { CSSProperties } from 'react'
import { Link } from 'wouter'
import type { Severity } from '../../../shared/rows.ts'
import { SeverityGlyph } from '../../components/verdict-list.tsx'
import { useApp } from '../../state/app-store.ts'
import { judge } from './judgement.ts'
import classes from './overview.module.css'

const tones: Record<Severity, string> = { good: 'good', info: 'accent', warn: 'warn', bad: 'bad' }

/** How the node is, in a sentence, linked to its cause. */
export function VerdictBar() {
  const health = useApp((state) => state.health)
  const { severity, summary, text, concern, others } = judge(health)
  const tone = { '--tone': `var(--${tones[severity]})` } as CSSProperties
  return (
    <section className={classes.verdict} style={tone} aria-label="Health">
      <SeverityGlyph severity={severity} />
      <p className="grow cut" title={concern === undefined ? text : `${text} ${concern.text}`}>
        <b>{summary}</b> {text}
        {concern !== undefined && (
          <>
            {' '}
            <span className="muted">{others === 0 ? 'One thing to look at:' : `Look first at:`}</span>{' '}
            {concern.href === undefined ? concern.text : <Link href={concern.href}>{concern.text}</Link>}
          </>
        )}
      </p>
      {others > 0 && <span className="xs muted nowrap">{others} more below it</span>}
      <Link href="/table" className="sm nowrap">
        Routing table
      </Link>
    </section>
  )
}
