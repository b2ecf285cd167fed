import { NumberInput } from '@mantine/core'
import { ApiNotes } from './api-notes.tsx'
import { CodeEditor } from './code-editor.tsx'
import type { ValidatorDraft } from './draft.ts'
import classes from './validators-screen.module.css'

interface DefinitionFieldsProps {
  draft: ValidatorDraft
  onDraft: (draft: ValidatorDraft) => void
}

/** The fields of the chosen kind. */
export function DefinitionFields({ draft, onDraft }: DefinitionFieldsProps) {
  switch (draft.kind) {
    case 'javascript':
      return (
        <div className={classes.code}>
          <CodeEditor
            label="JavaScript of the validator"
            language="javascript"
            value={draft.source}
            onChange={(source) => onDraft({ ...draft, source })}
          />
          <ApiNotes />
        </div>
      )
    case 'json-schema':
      return (
        <CodeEditor
          label="JSON Schema of the values"
          language="json"
          value={draft.schema}
          onChange={(schema) => onDraft({ ...draft, schema })}
        />
      )
    case 'utf8':
    case 'size':
      return <SizeFields draft={draft} onDraft={onDraft} />
    case 'any':
      return (
        <p className={classes.plain}>
          Every value is accepted, and a later put replaces an earlier one. Anybody on the network can
          overwrite what is stored under such a key.
        </p>
      )
  }
}

function SizeFields({ draft, onDraft }: DefinitionFieldsProps) {
  const isText = draft.kind === 'utf8'
  return (
    <div className={classes.plain}>
      <NumberInput
        label="Largest value, bytes"
        description={
          isText
            ? 'Accepts UTF-8 text. Empty for no limit beyond the network’s.'
            : 'Accepts any bytes up to this many.'
        }
        min={1}
        max={65_536}
        allowDecimal={false}
        thousandSeparator=","
        value={draft.maxSizeBytes ?? ''}
        onChange={(value) =>
          onDraft({ ...draft, maxSizeBytes: typeof value === 'number' ? value : undefined })
        }
        w={240}
      />
    </div>
  )
}
