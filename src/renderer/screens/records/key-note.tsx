import { Link } from 'wouter'
import { ErrorText } from '../../components/error-text.tsx'
import { Glyph } from '../../components/glyph.tsx'
import classes from './key-note.module.css'
import type { KeyCheck } from './use-parsed-key.ts'

interface KeyNoteProps {
  id?: string
  check: KeyCheck
  /** What stands there before anything is typed. */
  hint: string
  /** Puts the key that was perhaps meant in the place of the one typed. */
  onSuggestion: (text: string) => void
}

/** Under a key's field: whether it can be used, and when not, why and what was perhaps meant. */
export function KeyNote({ id, check, hint, onSuggestion }: KeyNoteProps) {
  return (
    <div id={id} className={classes.note} aria-live="polite">
      {check.status === 'empty' && <span className="faint">{hint}</span>}
      {check.status === 'checking' && <span className="faint">Reading the key…</span>}
      {check.status === 'failed' && <ErrorText error={check.error} />}
      {check.status === 'read' && <Verdict parsed={check.parsed} onSuggestion={onSuggestion} />}
    </div>
  )
}

type Read = Extract<KeyCheck, { status: 'read' }>['parsed']

function Verdict({ parsed, onSuggestion }: { parsed: Read; onSuggestion: (text: string) => void }) {
  if (parsed.ok) return <Usable parsed={parsed} />
  const { error, suggestion } = parsed
  return (
    <span className="o-rejected">
      <Glyph kind="rejected" label="" /> {error}{' '}
      {suggestion !== undefined && (
        <span>
          Did you mean{' '}
          <button type="button" className={classes.suggestion} onClick={() => onSuggestion(suggestion)}>
            {suggestion}
          </button>
          ?
        </span>
      )}
    </span>
  )
}

function Usable({ parsed: { namespace, hasValidator } }: { parsed: Extract<Read, { ok: true }> }) {
  if (namespace !== undefined && !hasValidator) {
    return (
      <span>
        <Glyph kind="slow" label="" /> <b>/{namespace} has no validator here:</b> its values are refused until{' '}
        <Link href="/validators">one is registered</Link>.
      </span>
    )
  }
  return (
    <span>
      <Glyph kind="ok" label="" /> <b>Valid key.</b>{' '}
      {namespace !== undefined && `/${namespace} has a validator.`}
    </span>
  )
}
