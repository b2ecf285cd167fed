import { Link } from 'wouter'
import type { Severity, Verdict } from '../../shared/rows.ts'
import { Glyph, type GlyphKind } from './glyph.tsx'
import classes from './verdict-list.module.css'

const kinds: Record<Severity, GlyphKind> = { good: 'ok', info: 'none', warn: 'slow', bad: 'timeout' }

/** The glyph of a severity: health borrows ok, slow and timeout. */
export function SeverityGlyph({ severity }: { severity: Severity }) {
  return <Glyph kind={kinds[severity]} label={severity} />
}

/** Judgements in sentences, worst first as given, each linked to what proves it. */
export function VerdictList({ verdicts }: { verdicts: readonly Verdict[] }) {
  return (
    <ul>
      {verdicts.map(({ severity, text, href }) => (
        <li key={text} className={classes.item}>
          <SeverityGlyph severity={severity} />
          <span className="muted">{text}</span>
          {href !== undefined && <Link href={href}>Show</Link>}
        </li>
      ))}
    </ul>
  )
}
