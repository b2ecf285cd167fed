import { Button, FileButton, Textarea } from '@mantine/core'
import { useState } from 'react'
import { Link } from 'wouter'
import type { OperationInput, ParsedKey } from '../../../shared/contract.ts'
import type { NetworkRow } from '../../../shared/rows.ts'
import { api } from '../../api.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { ErrorText } from '../../components/error-text.tsx'
import { Glyph } from '../../components/glyph.tsx'
import { Panel } from '../../components/panel.tsx'
import { Segmented } from '../../components/segmented.tsx'
import { useCommand } from '../../components/use-command.ts'
import { formatBytes } from '../../format/numbers.ts'
import { formatDuration } from '../../format/times.ts'
import { useRouteParam } from '../../route/hash-location.ts'
import { lookupHref } from '../lookups/lookup-routes.ts'
import { PublicReach } from './public-reach.tsx'
import classes from './publish-panel.module.css'
import { StoreProgress } from './store-progress.tsx'
import { useValueCheck, type ValueCheck } from './use-value-check.ts'
import { useValueInput } from './use-value-input.ts'
import type { InputForm, ValueReading } from './value-input.ts'

interface PublishPanelProps {
  network: NetworkRow
  /** Undefined until there is a key that can be used. */
  parsed: Extract<ParsedKey, { ok: true }> | undefined
}

const startOperation = (input: OperationInput) => api.operations.start(input)
const forms: { value: InputForm; label: string }[] = [
  { value: 'text', label: 'text' },
  { value: 'json', label: 'JSON' },
  { value: 'hex', label: 'hex' },
  { value: 'file', label: 'file' },
]

/** Publishes a value: what the validator says while it is typed, then what each peer did with it. */
export function PublishPanel({ network, parsed }: PublishPanelProps) {
  const value = useValueInput()
  const { reading } = value
  const [putId, setPutId] = useRouteParam('put')
  const [isAsking, setAsking] = useState(false)
  const start = useCommand(startOperation)
  const key = parsed?.key.text
  const check = useValueCheck(network.id, key, reading?.ok === true ? reading.input : undefined)
  const publish = async () => {
    if (key === undefined || reading?.ok !== true) return
    const started = await start.run({ networkId: network.id, kind: 'PUT_VALUE', key, value: reading.input })
    if (started !== undefined) setPutId(started.id)
    return started
  }
  return (
    <Panel
      title="Publish"
      hint={putId === undefined ? undefined : <Link href={lookupHref(putId)}>trace</Link>}
      actions={
        <>
          <Segmented label="Form of the value" value={value.form} onChange={value.setForm} options={forms} />
          <Button
            size="xs"
            variant="filled"
            disabled={check.judgement?.ok !== true}
            loading={start.isRunning}
            onClick={() => (network.isPublic ? setAsking(true) : void publish())}
          >
            Publish
          </Button>
        </>
      }
      scrolls
    >
      <div className={classes.body}>
        <ValueField value={value} />
        <Judgement hasKey={key !== undefined} reading={reading} check={check} />
        {start.error !== undefined && <ErrorText error={start.error} />}
        {putId !== undefined && <StoreProgress operationId={putId} />}
      </div>
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        title={`Publish to ${network.name}?`}
        confirmLabel="Publish"
        onConfirm={publish}
      >
        <PublicReach network={network} what={`the value of ${key ?? 'this key'}`} />
      </ConfirmDialog>
    </Panel>
  )
}

function ValueField({ value }: { value: ReturnType<typeof useValueInput> }) {
  const { form, text, setText, fileName, takeFile } = value
  if (form === 'file') {
    return (
      <div className="row">
        <FileButton onChange={(file) => file !== null && void takeFile(file)}>
          {(props) => <Button {...props}>Choose a file…</Button>}
        </FileButton>
        <span className="sm muted cut">{fileName ?? 'at most 64 KiB'}</span>
      </div>
    )
  }
  return (
    <Textarea
      aria-label="Value"
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      minRows={3}
      maxRows={10}
      autosize
      spellCheck={false}
      placeholder={form === 'json' ? '{"text": "hello"}' : form === 'hex' ? '68 65 6c 6c 6f' : 'hello'}
      classNames={{ input: classes.value ?? '' }}
    />
  )
}

interface JudgementProps {
  hasKey: boolean
  reading: ValueReading | undefined
  check: ValueCheck
}

/** One line under the value: what is wrong with it, or what the validator says. */
function Judgement({ hasKey, reading, check }: JudgementProps) {
  const { judgement, error, isChecking } = check
  return (
    <div className={classes.judgement} aria-live="polite">
      {reading === undefined && <span className="faint">Type a value; the validator reads along.</span>}
      {reading?.ok === false && (
        <span>
          <Glyph kind="none" label="" /> {reading.error}
        </span>
      )}
      {reading?.ok === true && !hasKey && (
        <span className="faint">Give a key first; its validator decides.</span>
      )}
      {isChecking && <span className="faint">Asking the validator…</span>}
      {error !== undefined && <ErrorText error={error} />}
      {judgement !== undefined && reading?.ok === true && (
        <span className="row">
          <Glyph kind={judgement.ok ? 'ok' : 'rejected'} label="" />
          <span className="grow">
            <b>
              {judgement.namespace === undefined ? 'No validator' : `/${judgement.namespace}`}{' '}
              {judgement.ok ? 'accepts it' : 'rejects it'}:
            </b>{' '}
            {judgement.ok ? formatBytes(reading.sizeBytes) : judgement.reason}
          </span>
          <span className="mono">{formatDuration(judgement.durationMs)}</span>
        </span>
      )}
    </div>
  )
}
