import { Button, Modal, NumberInput, TextInput } from '@mantine/core'
import { type FormEvent, useId, useState } from 'react'
import type { OperationInput } from '../../../shared/contract.ts'
import { api } from '../../api.ts'
import { ErrorText } from '../../components/error-text.tsx'
import { Segmented } from '../../components/segmented.tsx'
import { useCommand } from '../../components/use-command.ts'
import { KeyNote } from '../records/key-note.tsx'
import { readKey, useParsedKey } from '../records/use-parsed-key.ts'
import classes from './new-lookup-dialog.module.css'

interface NewLookupDialogProps {
  networkId: string
  isOpen: boolean
  onClose: () => void
  onStarted: (id: string) => void
}

/** Asks what is to be looked up. */
export function NewLookupDialog({ networkId, isOpen, onClose, onStarted }: NewLookupDialogProps) {
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title="New lookup"
      size={560}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <NewLookupForm
        networkId={networkId}
        onStarted={(id) => {
          onClose()
          onStarted(id)
        }}
      />
    </Modal>
  )
}

type LookupKind = 'CLOSEST_PEERS' | 'FIND_PEER' | 'GET_VALUE' | 'FIND_PROVIDERS'

interface KindTexts {
  name: string
  does: string
  label: string
  placeholder: string
  as: 'record' | 'provider' | 'peer' | 'any'
  /** What can be wanted beside the key. */
  number?: string
}

const kinds: Record<LookupKind, KindTexts> = {
  CLOSEST_PEERS: {
    name: 'Closest peers',
    does: 'Finds the live peers nearest to a key.',
    label: 'Key',
    placeholder: '/note/hello, a CID, a peer id or 0x…',
    as: 'any',
    number: 'Peers wanted',
  },
  FIND_PEER: {
    name: 'Find peer',
    does: 'Finds a peer’s addresses, and whether it can be reached.',
    label: 'Peer id',
    placeholder: '12D3KooW…',
    as: 'peer',
  },
  GET_VALUE: {
    name: 'Get value',
    does: 'Gets the value under a key from those who hold it, and lets the validator choose.',
    label: 'Record key',
    placeholder: '/note/hello, /ipns/k51…, /pk/12D3…',
    as: 'record',
    number: 'Quorum',
  },
  FIND_PROVIDERS: {
    name: 'Find providers',
    does: 'Finds who says it has the content of a CID.',
    label: 'CID or multihash',
    placeholder: 'bafybei…',
    as: 'provider',
    number: 'Providers wanted',
  },
}

const startOperation = (input: OperationInput) => api.operations.start(input)

interface FormProps {
  networkId: string
  onStarted: (id: string) => void
}

function NewLookupForm({ networkId, onStarted }: FormProps) {
  const noteId = useId()
  const [kind, setKind] = useState<LookupKind>('CLOSEST_PEERS')
  const [text, setText] = useState('')
  const [wanted, setWanted] = useState<number>()
  const { does, label, placeholder, as, number } = kinds[kind]
  const check = useParsedKey(networkId, text, as)
  const isReady = readKey(check) !== undefined
  const { run, isRunning, error } = useCommand(startOperation)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (!isReady) return
    const started = await run(inputOf(networkId, kind, text.trim(), wanted))
    if (started !== undefined) onStarted(started.id)
  }
  return (
    <form className={classes.form} onSubmit={(event) => void submit(event)}>
      <Segmented label="Kind of lookup" value={kind} onChange={setKind} options={kindOptions} />
      <p className="muted sm">{does}</p>
      <TextInput
        label={label}
        placeholder={placeholder}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        data-autofocus
        spellCheck={false}
        autoComplete="off"
        aria-describedby={noteId}
        aria-invalid={check.status === 'read' && !check.parsed.ok}
        classNames={{ input: classes.key ?? '' }}
      />
      <KeyNote id={noteId} check={check} hint={`For example ${placeholder}`} onSuggestion={setText} />
      {number !== undefined && (
        <NumberInput
          label={number}
          placeholder="as the network has it"
          min={1}
          max={kind === 'GET_VALUE' ? 100 : 200}
          value={wanted ?? ''}
          onChange={(value) => setWanted(typeof value === 'number' ? value : undefined)}
          w={200}
        />
      )}
      {error !== undefined && <ErrorText error={error} />}
      <div className={classes.buttons}>
        <Button type="submit" variant="filled" disabled={!isReady} loading={isRunning}>
          Look up
        </Button>
      </div>
    </form>
  )
}

const kindOptions = (Object.keys(kinds) as LookupKind[]).map((value) => ({ value, label: kinds[value].name }))

function inputOf(
  networkId: string,
  kind: LookupKind,
  key: string,
  wanted: number | undefined,
): OperationInput {
  switch (kind) {
    case 'FIND_PEER':
      return { networkId, kind, peer: key }
    case 'GET_VALUE':
      return { networkId, kind, key, ...(wanted !== undefined && { quorum: wanted }) }
    case 'CLOSEST_PEERS':
    case 'FIND_PROVIDERS':
      return { networkId, kind, key, ...(wanted !== undefined && { count: wanted }) }
  }
}
