import { TextInput } from '@mantine/core'
import { useId } from 'react'
import type { NetworkRow } from '../../../shared/rows.ts'
import { Segmented } from '../../components/segmented.tsx'
import { hexGroups, shortKey } from '../../format/ids.ts'
import { useApp } from '../../state/app-store.ts'
import { plural } from '../lookups/phrases.ts'
import { type KeyKind, keyKindLabels, keyKinds } from './key-kind.ts'
import { KeyNote } from './key-note.tsx'
import classes from './key-panel.module.css'
import { recentKeys } from './recent-keys.ts'
import { type KeyCheck, readKey } from './use-parsed-key.ts'

interface KeyPanelProps {
  network: NetworkRow
  text: string
  onText: (text: string) => void
  kind: KeyKind
  /** `namespace` is the one to begin a record key with. */
  onKind: (kind: KeyKind, namespace: string) => void
  check: KeyCheck
}

/** Where a key is built, with what is wrong with it before anything is sent. */
export function KeyPanel({ network, text, onText, kind, onKind, check }: KeyPanelProps) {
  const noteId = useId()
  const namespace = useApp(
    ({ validators }) => validators.find(({ builtIn }) => !builtIn)?.namespace ?? 'note',
  )
  return (
    <section className={classes.panel} aria-label="Key">
      <div className={classes.line}>
        <Segmented
          label="Kind of key"
          value={kind}
          onChange={(next) => onKind(next, namespace)}
          options={keyKinds.map((value) => ({ value, label: keyKindLabels[value] }))}
        />
        <TextInput
          className="grow"
          aria-label="Key"
          aria-describedby={noteId}
          aria-invalid={check.status === 'read' && !check.parsed.ok}
          placeholder={`/${namespace}/hello, /ipns/k51…, /pk/12D3…, or a CID`}
          value={text}
          onChange={(event) => onText(event.currentTarget.value)}
          spellCheck={false}
          autoComplete="off"
          classNames={{ input: classes.input ?? '' }}
        />
      </div>
      <div className={classes.notes}>
        <KeyNote
          id={noteId}
          check={check}
          hint="A record key names a value; a CID names content, which has providers."
          onSuggestion={onText}
        />
        <Place check={check} />
        <span className="grow" />
        <Reach network={network} />
      </div>
      <Recent text={text} onText={onText} />
    </section>
  )
}

/** Where the key lies, and how near the nearest known peer is. */
function Place({ check }: { check: KeyCheck }) {
  const read = readKey(check)
  if (read === undefined) return null
  const [nearest] = read.nearest
  return (
    <>
      <span title={read.key.target}>
        DHT position <b className="mono">{hexGroups(read.key.target, 3)} …</b>
      </span>
      <span>
        {nearest === undefined ? (
          'no peer known to send it to'
        ) : (
          <>
            nearest of {plural(read.nearest.length, 'known peer')} shares{' '}
            <b className="mono">{nearest.sharedBits}</b> bits
          </>
        )}
      </span>
    </>
  )
}

function Reach({ network: { name, k, isPublic, kind } }: { network: NetworkRow }) {
  return (
    <span>
      goes to {k} nodes of <b>{name}</b>
      {isPublic ? ', machines of other people' : kind === 'sandbox' ? ', on this machine only' : ''}
    </span>
  )
}

function Recent({ text, onText }: { text: string; onText: (text: string) => void }) {
  const operations = useApp((state) => state.operations)
  const keys = recentKeys(operations).filter((key) => key !== text)
  if (keys.length === 0) return null
  return (
    <div className={classes.recent}>
      <span className="faint">Used before</span>
      {keys.slice(0, 5).map((key) => (
        <button key={key} type="button" className={classes.recentKey} title={key} onClick={() => onText(key)}>
          {shortKey(key)}
        </button>
      ))}
    </div>
  )
}
