import { ActionIcon, Button } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import type { RecordRow } from '../../../shared/rows.ts'
import { api, type ShownError, shownError } from '../../api.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { CopyButton } from '../../components/copy-button.tsx'
import { LoadingState } from '../../components/empty-state.tsx'
import { ErrorText } from '../../components/error-text.tsx'
import { Segmented } from '../../components/segmented.tsx'
import { shortKey } from '../../format/ids.ts'
import classes from './store-panel.module.css'
import { bestForm, bytesOfBase64, type ValueForm, valueText } from './value-bytes.ts'

interface RecordViewerProps {
  networkId: string
  row: RecordRow
  onUseKey: (text: string) => void
  /** The record was deleted, or is to be closed. */
  onGone: () => void
}

/** A value this node holds, in the form that tells most of it. */
export function RecordViewer({ networkId, row, onUseKey, onGone }: RecordViewerProps) {
  const { bytes, error } = useValue(networkId, row)
  const [isAsking, setAsking] = useState(false)
  const remove = () => api.records.remove({ networkId, keys: [row.key.hex] })
  return (
    <section className={classes.viewer} aria-label={`Value of ${row.key.text}`}>
      <div className={classes.viewerHead}>
        <span className="mono strong cut" title={row.key.text}>
          {shortKey(row.key.text)}
        </span>
        <CopyButton value={row.key.text} label="Copy key" />
        <span className="grow" />
        <Button size="xs" onClick={() => onUseKey(row.key.text)}>
          Use key
        </Button>
        <Button size="xs" data-danger onClick={() => setAsking(true)}>
          Delete…
        </Button>
        <ActionIcon aria-label="Close the value" onClick={onGone}>
          <IconX size={14} />
        </ActionIcon>
      </div>
      {error !== undefined && <ErrorText error={error} />}
      {error === undefined && bytes === undefined && <LoadingState>Reading the value…</LoadingState>}
      {bytes !== undefined && <ValueText bytes={bytes} />}
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        title={`Delete ${shortKey(row.key.text)} from this node?`}
        confirmLabel="Delete"
        onConfirm={async () => {
          const removed = await remove()
          onGone()
          return removed
        }}
      >
        This node forgets the value and no longer serves it. Copies at other peers stay; one of them may store
        it here again.
      </ConfirmDialog>
    </section>
  )
}

function ValueText({ bytes }: { bytes: Uint8Array }) {
  const [wanted, setWanted] = useState<ValueForm>()
  const form = wanted ?? bestForm(bytes)
  const text = valueText(bytes, form) ?? ''
  const has = (option: ValueForm) => valueText(bytes, option) !== undefined
  return (
    <>
      <div className={classes.viewerHead}>
        <Segmented
          label="Shown as"
          value={form}
          onChange={setWanted}
          options={[
            { value: 'text', label: 'text', disabled: !has('text') },
            { value: 'json', label: 'JSON', disabled: !has('json') },
            { value: 'hex', label: 'hex' },
          ]}
        />
        <span className="xs muted">{bytes.length.toLocaleString('en')} bytes</span>
        <span className="grow" />
        <CopyButton value={text} label="Copy value" />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls */}
      <section className={classes.value} data-form={form} tabIndex={0} aria-label="Value">
        {text}
      </section>
    </>
  )
}

/** Read again when the record is replaced. */
function useValue(networkId: string, { key: { hex }, receivedAt }: RecordRow) {
  const [state, setState] = useState<{ bytes?: Uint8Array; error?: ShownError }>({})
  // biome-ignore lint/correctness/useExhaustiveDependencies: `receivedAt` turns when the value is another
  useEffect(() => {
    let isCurrent = true
    api.records.get({ networkId, key: hex }).then(
      ({ value }) => isCurrent && setState({ bytes: bytesOfBase64(value) }),
      (cause: unknown) => isCurrent && setState({ error: shownError(cause) }),
    )
    return () => {
      isCurrent = false
    }
  }, [networkId, hex, receivedAt])
  return state
}
