import { Button, Checkbox, NumberInput, Select, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { api } from '../api.ts'
import { ErrorText } from '../components/error-text.tsx'
import { useCommand } from '../components/use-command.ts'
import {
  type CustomNetworkText,
  customNetwork,
  customNetworkErrors,
  emptyCustomNetwork,
  type FieldErrors,
} from './custom-network.ts'
import classes from './networks-dialog.module.css'

/** Describes a network of one's own, with what is wrong beside each field. */
export function CustomNetworkForm({ onAdded }: { onAdded: (networkId: string) => void }) {
  const [text, setText] = useState(emptyCustomNetwork)
  const [isTried, setTried] = useState(false)
  const { run, isRunning, error } = useCommand(() => api.networks.addCustom(customNetwork(text)))
  const errors = customNetworkErrors(text)
  const add = async () => {
    setTried(true)
    if (Object.keys(errors).length > 0) return
    const added = await run()
    if (added !== undefined) onAdded(added.networkId)
  }
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault()
        void add()
      }}
    >
      <Fields
        text={text}
        errors={shownErrors(errors, text, isTried)}
        onChange={(change) => setText((before) => ({ ...before, ...change }))}
      />
      {error !== undefined && <ErrorText error={error} />}
      <div className="row" style={{ justifyContent: 'end' }}>
        <Button type="submit" variant="filled" loading={isRunning}>
          Add the network
        </Button>
      </div>
    </form>
  )
}

/** An empty name is told only once adding was tried; the rest while typing. */
function shownErrors(errors: FieldErrors, { name }: CustomNetworkText, isTried: boolean): FieldErrors {
  if (isTried || name !== '') return errors
  const { name: _, ...others } = errors
  return others
}

interface FieldsProps {
  text: CustomNetworkText
  errors: FieldErrors
  onChange: (change: Partial<CustomNetworkText>) => void
}

function Fields({ text, errors, onChange }: FieldsProps) {
  return (
    <>
      <div className={classes.pair}>
        <TextInput
          label="Name"
          value={text.name}
          error={errors.name}
          data-autofocus
          onChange={(event) => onChange({ name: event.currentTarget.value })}
        />
        <TextInput
          label="Protocol id"
          className={classes.mono}
          value={text.protocol}
          error={errors.protocol}
          onChange={(event) => onChange({ protocol: event.currentTarget.value })}
        />
      </div>
      <Textarea
        label="Bootstrap peers"
        description="One multiaddr a line. Without any, the node waits until somebody dials it."
        className={classes.mono}
        value={text.bootstrap}
        error={errors.bootstrap}
        autosize
        minRows={2}
        maxRows={5}
        onChange={(event) => onChange({ bootstrap: event.currentTarget.value })}
      />
      <div className={classes.pair}>
        <NumberInput
          label="k: bucket size"
          value={text.k}
          error={errors.k}
          min={1}
          max={100}
          onChange={(k) => onChange({ k })}
        />
        <NumberInput
          label="α: requests at a time"
          value={text.alpha}
          error={errors.alpha}
          min={1}
          max={50}
          onChange={(alpha) => onChange({ alpha })}
        />
        <Select
          label="Mode"
          data={['SERVER', 'CLIENT', 'AUTO']}
          value={text.mode}
          allowDeselect={false}
          onChange={(mode) => mode !== null && onChange({ mode })}
        />
        <Select
          label="Addresses that may be dialled"
          data={['all', 'public', 'local']}
          value={text.addresses}
          allowDeselect={false}
          onChange={(addresses) => addresses !== null && onChange({ addresses })}
        />
      </div>
      <Textarea
        label="Listen on"
        description="One multiaddr a line; port 0 takes a free one."
        className={classes.mono}
        value={text.listen}
        error={errors.listen}
        autosize
        minRows={1}
        maxRows={4}
        onChange={(event) => onChange({ listen: event.currentTarget.value })}
      />
      <Textarea
        label="Swarm key"
        description="The text of a swarm.key file, for a private network. Empty for none."
        className={classes.mono}
        value={text.swarmKey}
        error={errors.swarmKey}
        autosize
        minRows={1}
        maxRows={4}
        onChange={(event) => onChange({ swarmKey: event.currentTarget.value })}
      />
      <Checkbox
        size="xs"
        label="Refuse records of namespaces without a validator"
        checked={text.strictNamespaces}
        onChange={(event) => onChange({ strictNamespaces: event.currentTarget.checked })}
      />
      <Checkbox
        size="xs"
        label="Allow keys without a namespace"
        checked={text.plainKeys}
        onChange={(event) => onChange({ plainKeys: event.currentTarget.checked })}
      />
    </>
  )
}
