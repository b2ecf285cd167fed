import { Button, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { useLocation } from 'wouter'
import type { ValidatorDefinition, ValidatorRow } from '../../../shared/rows.ts'
import { api } from '../../api.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { ErrorText } from '../../components/error-text.tsx'
import { Panel } from '../../components/panel.tsx'
import { Segmented } from '../../components/segmented.tsx'
import { useCommand } from '../../components/use-command.ts'
import { useApp } from '../../state/app-store.ts'
import { DefinitionFields } from './definition-fields.tsx'
import { definitionOf, draftOf, isChanged, namespaceProblem, sampleKey, validatorKinds } from './draft.ts'
import { SAMPLE_EXAMPLES } from './examples.ts'
import { SamplesPanel } from './samples-panel.tsx'
import { useValidatorTest } from './use-validator-test.ts'
import { sourceOf } from './validator-list.tsx'
import classes from './validators-screen.module.css'

interface ValidatorEditorProps {
  networkId: string
  /** What is registered; undefined for a new one. */
  row: ValidatorRow | undefined
  /** Namespaces that may not be taken by a new one. */
  fixed: readonly string[]
}

const register = (networkId: string, namespace: string, definition: ValidatorDefinition) =>
  api.validators.register({ networkId, namespace, definition })

/** Writes a validator, tries it on samples, and registers it for the running node. */
export function ValidatorEditor({ networkId, row, fixed }: ValidatorEditorProps) {
  const [, navigate] = useLocation()
  const [draft, setDraft] = useState(() => draftOf(row))
  const [samples, setSamples] = useState<string[]>(SAMPLE_EXAMPLES)
  const definition = definitionOf(draft)
  const problem = row === undefined ? newProblem(draft.namespace, fixed) : undefined
  const peerId = useApp(({ node }) => node?.peerId)
  const test = useValidatorTest(networkId, definition, sampleKey(draft.namespace, peerId), samples)
  const { run, isRunning, error } = useCommand(register)
  const save = async () => {
    if (definition === undefined) return
    const saved = await run(networkId, draft.namespace, definition)
    if (saved === undefined) return
    notifications.show({
      closeButtonProps: { 'aria-label': 'Dismiss' },
      message: `/${saved.namespace} version ${saved.version} is in force on this node.`,
    })
    navigate(`/validators/${saved.namespace}`)
  }
  const canSave =
    definition !== undefined &&
    problem === undefined &&
    test.result?.compileError === undefined &&
    isChanged(draft, row)
  return (
    <div className={classes.editor}>
      <Panel
        title={row === undefined ? 'New validator' : `/${row.namespace}`}
        hint={row === undefined ? undefined : sourceOf(row)}
        actions={
          <>
            {row !== undefined && !row.builtIn && <RemoveButton networkId={networkId} row={row} />}
            <Button
              size="xs"
              variant="filled"
              disabled={!canSave}
              loading={isRunning}
              onClick={() => void save()}
            >
              {row === undefined ? 'Register' : 'Replace'}
            </Button>
          </>
        }
      >
        <div className={classes.definition}>
          <div className={classes.fields}>
            {row === undefined && (
              <TextInput
                aria-label="Namespace"
                leftSection="/"
                placeholder="note"
                value={draft.namespace}
                onChange={(event) => setDraft({ ...draft, namespace: event.currentTarget.value })}
                error={draft.namespace === '' ? undefined : problem}
                spellCheck={false}
                autoComplete="off"
                w={220}
              />
            )}
            <Segmented
              label="Kind of validator"
              value={draft.kind}
              onChange={(kind) => setDraft({ ...draft, kind })}
              options={validatorKinds}
            />
            <span className="xs muted grow">{consequence(row, draft.namespace, problem)}</span>
          </div>
          {error !== undefined && <ErrorText error={error} />}
          <div className={classes.body}>
            <DefinitionFields draft={draft} onDraft={setDraft} />
          </div>
        </div>
      </Panel>
      <SamplesPanel samples={samples} onSamples={setSamples} test={test} />
    </div>
  )
}

function newProblem(namespace: string, fixed: readonly string[]): string | undefined {
  if (fixed.includes(namespace))
    return `/${namespace} cannot be replaced on this network: other nodes would refuse what yours accepts.`
  return namespaceProblem(namespace)
}

function consequence(row: ValidatorRow | undefined, namespace: string, problem: string | undefined): string {
  if (row === undefined && problem !== undefined) return namespace === '' ? problem : ''
  return `Applies at once to what this node stores, publishes and believes under /${namespace}.`
}

function RemoveButton({ networkId, row }: { networkId: string; row: ValidatorRow }) {
  const [, navigate] = useLocation()
  const [isAsking, setAsking] = useState(false)
  const { namespace } = row
  return (
    <>
      <Button size="xs" data-danger onClick={() => setAsking(true)}>
        Remove…
      </Button>
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        title={`Remove the validator of /${namespace}?`}
        confirmLabel="Remove"
        onConfirm={async () => {
          const removed = await api.validators.remove({ networkId, namespace })
          navigate('/validators')
          return removed
        }}
      >
        This node then treats keys under /{namespace} as the network treats namespaces without a validator: on
        strict networks it refuses their values.
      </ConfirmDialog>
    </>
  )
}
