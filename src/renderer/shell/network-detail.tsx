import { Button } from '@mantine/core'
import { useState } from 'react'
import type { NetworkRow } from '../../shared/rows.ts'
import { api } from '../api.ts'
import { ConfirmDialog } from '../components/confirm-dialog.tsx'
import { ErrorText } from '../components/error-text.tsx'
import { Facts } from '../components/facts.tsx'
import { useCommand } from '../components/use-command.ts'
import { navigate } from '../route/hash-location.ts'

interface NetworkDetailProps {
  network: NetworkRow
  isActive: boolean
  onDone: () => void
}

/** What a network is, how it goes, and joining or leaving it. */
export function NetworkDetail({ network, isActive, onDone }: NetworkDetailProps) {
  const { name, description, state, error } = network
  return (
    <>
      <div>
        <h1>{name}</h1>
        <p className="muted sm">{description}</p>
      </div>
      <NetworkFacts network={network} />
      {state === 'failed' && (
        <ErrorText
          error={{ code: 'ERR_NETWORK_FAILED', message: error ?? 'It stopped; the log says why.' }}
        />
      )}
      <span className="grow" />
      <NetworkActions network={network} isActive={isActive} onDone={onDone} />
    </>
  )
}

function NetworkFacts({ network }: { network: NetworkRow }) {
  const { protocol, bootstrap, k, alpha, isPublic, isPrivate, strictNamespaces, plainKeys } = network
  const reach = isPublic ? 'other people’s machines' : 'this machine or your own network only'
  return (
    <Facts
      nameWidth={112}
      items={[
        [
          'Protocol',
          <span className="mono" key="protocol">
            {protocol}
          </span>,
        ],
        ['Reaches', reach],
        [
          'Parameters',
          <span className="mono" key="parameters">
            k = {k}, α = {alpha}
          </span>,
        ],
        [
          'Bootstrap',
          bootstrap.length === 0 ? 'none needed' : <Bootstrap key="bootstrap" addresses={bootstrap} />,
        ],
        ['Records', strictNamespaces ? 'only of namespaces with a validator' : 'of any namespace'],
        ['Plain keys', plainKeys ? 'allowed' : undefined],
        ['Swarm key', isPrivate ? 'set: only nodes with the same key can connect' : undefined],
      ]}
    />
  )
}

function Bootstrap({ addresses }: { addresses: readonly string[] }) {
  return (
    <span title={addresses.join('\n')}>
      {addresses.length === 1 ? '1 peer' : `${addresses.length} peers`}
      <span className="mono faint cut" style={{ display: 'block', lineHeight: '16px', marginBottom: 4 }}>
        {addresses[0]}
      </span>
    </span>
  )
}

function NetworkActions({ network, isActive, onDone }: NetworkDetailProps) {
  const { id: networkId, name, state, kind, isPublic } = network
  const [asks, setAsks] = useState<'join' | 'remove'>()
  const join = useCommand(() => api.networks.join({ networkId }))
  const leave = useCommand(() => api.networks.leave({ networkId }))
  const isBusy = state === 'starting' || state === 'stopping'
  const isOn = isActive && (state === 'running' || state === 'starting')
  const arrive = () => {
    navigate('/overview')
    onDone()
  }
  const start = async () => {
    if (isPublic) setAsks('join')
    else if ((await join.run()) !== undefined) arrive()
  }
  return (
    <>
      {(join.error ?? leave.error) !== undefined && <ErrorText error={join.error ?? leave.error} />}
      <div className="row">
        {kind === 'custom' && (
          <Button data-danger onClick={() => setAsks('remove')} disabled={isOn}>
            Remove…
          </Button>
        )}
        <span className="grow" />
        {isOn && (
          <Button loading={leave.isRunning} onClick={() => void leave.run()}>
            Leave
          </Button>
        )}
        <Button
          variant="filled"
          loading={join.isRunning || isBusy}
          disabled={isOn && !isBusy}
          onClick={() => void start()}
        >
          {joinLabel(network, isOn)}
        </Button>
      </div>
      <ConfirmDialog
        isOpen={asks === 'join'}
        onClose={() => setAsks(undefined)}
        title={`Join ${name}?`}
        confirmLabel="Join the public network"
        isDangerous={false}
        onConfirm={() =>
          api.networks
            .join({ networkId })
            .then(arrive)
            .then(() => true)
        }
      >
        Your node will contact public peers and answer some of them: strangers see your IP address, your peer
        id and what you look up. What you publish there is stored on their machines for up to 48 hours and
        cannot be called back. The network that runs now is left.
      </ConfirmDialog>
      <ConfirmDialog
        isOpen={asks === 'remove'}
        onClose={() => setAsks(undefined)}
        title={`Remove ${name}?`}
        confirmLabel="Remove"
        onConfirm={() => api.networks.remove({ networkId })}
      >
        The network is taken out of this list. Its profile folder with identity and records stays on the disk.
      </ConfirmDialog>
    </>
  )
}

function joinLabel({ state, name }: NetworkRow, isOn: boolean): string {
  if (isOn) return state === 'running' ? 'Joined' : 'Starting…'
  return state === 'failed' ? 'Try again' : `Join ${name}`
}
