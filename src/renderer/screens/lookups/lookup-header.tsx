import { Badge, Button } from '@mantine/core'
import { IconPlayerStop, IconRepeat } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { Link, useLocation } from 'wouter'
import type { OperationInput } from '../../../shared/contract.ts'
import type { OperationRow } from '../../../shared/rows.ts'
import { api } from '../../api.ts'
import { CopyButton } from '../../components/copy-button.tsx'
import { ErrorText } from '../../components/error-text.tsx'
import { Glyph } from '../../components/glyph.tsx'
import { useCommand } from '../../components/use-command.ts'
import { shortenMiddle } from '../../format/ids.ts'
import { formatDuration } from '../../format/times.ts'
import { ExportMenu } from './export-menu.tsx'
import classes from './lookup-header.module.css'
import { lookupHref, recordsHref } from './lookup-routes.ts'
import { repeatInput } from './repeat-operation.ts'
import { durationOf, firstReceivedValue, type TraceModel } from './trace-model.ts'

interface LookupHeaderProps {
  operation: OperationRow
  model: TraceModel
  nowMs: number
}

/** What was asked, what came of it, and what can be done with it. */
export function LookupHeader({ operation, model, nowMs }: LookupHeaderProps) {
  const { kind, key } = operation
  return (
    <section className={classes.head} aria-label="Lookup">
      <div className={classes.line}>
        <Badge>{kind}</Badge>
        <h1 className={classes.key} title={key.text}>
          {shortenMiddle(key.text, 80)}
        </h1>
        <CopyButton value={key.text} label="Copy key" />
        <span className="grow" />
        <Actions operation={operation} />
      </div>
      <Facts operation={operation} model={model} nowMs={nowMs} />
    </section>
  )
}

const startOperation = (input: OperationInput) => api.operations.start(input)
const cancelOperation = (id: string) => api.operations.cancel({ id })

function Actions({ operation }: { operation: OperationRow }) {
  const [, navigate] = useLocation()
  const start = useCommand(startOperation)
  const cancel = useCommand(cancelOperation)
  const input = repeatInput(operation)
  const again = async () => {
    const started = input === undefined ? undefined : await start.run(input)
    if (started !== undefined) navigate(lookupHref(started.id))
  }
  const isWrite = operation.kind === 'PUT_VALUE' || operation.kind === 'PROVIDE'
  const error = start.error ?? cancel.error
  return (
    <>
      {error !== undefined && <ErrorText error={error} />}
      {operation.durationMs === undefined && (
        <Button
          size="xs"
          leftSection={<IconPlayerStop size={14} />}
          loading={cancel.isRunning}
          onClick={() => void cancel.run(operation.id)}
        >
          Cancel
        </Button>
      )}
      {input !== undefined && (
        <Button
          size="xs"
          leftSection={<IconRepeat size={14} />}
          loading={start.isRunning}
          onClick={() => void again()}
        >
          Run again
        </Button>
      )}
      {isWrite && (
        <Button size="xs" component={Link} href={recordsHref(operation.key.text)}>
          Open in Records
        </Button>
      )}
      <ExportMenu operation={operation} />
    </>
  )
}

function Facts({ operation, model, nowMs }: LookupHeaderProps) {
  const { outcome, result, reason, counts, durationMs, error } = operation
  const answered = model.requests.filter(({ replied }) => replied !== undefined).length
  const firstValue = firstReceivedValue(model)
  return (
    <div className={classes.facts}>
      <span className={classes.result}>
        <Glyph kind={outcome} />
        <b className={classes.word}>{durationMs === undefined ? 'Running' : (error?.message ?? result)}</b>
      </span>
      <Fact value={formatDuration(durationMs ?? durationOf(model, nowMs))}>
        {durationMs === undefined ? 'so far' : 'in all'}
      </Fact>
      {firstValue !== undefined && <Fact value={formatDuration(firstValue.atMs)}>to first value</Fact>}
      <span>
        <b>{model.requests.length}</b> requests, <b>{answered}</b> answers
      </span>
      <Fact value={counts.hops}>{counts.hops === 1 ? 'hop' : 'hops'}</Fact>
      {reason !== undefined && (
        <span>
          ended: <b className={classes.word}>{reason}</b>
        </span>
      )}
    </div>
  )
}

function Fact({ value, children }: { value: ReactNode; children: ReactNode }) {
  return (
    <span>
      <b>{value}</b> {children}
    </span>
  )
}
