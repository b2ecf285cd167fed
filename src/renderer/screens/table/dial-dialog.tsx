import { Button, Modal, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { api } from '../../api.ts'
import { useCommand } from '../../components/use-command.ts'
import { shortPeerId } from '../../format/ids.ts'
import { useRunningNetworkId } from '../../state/selectors.ts'

/** Dials a multiaddr by hand. */
export function DialDialog({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const networkId = useRunningNetworkId()
  const [address, setAddress] = useState('')
  const { run, isRunning, error } = useCommand(api.peers.dial)
  const dial = async () => {
    if (networkId === undefined) return
    const dialled = await run({ networkId, address: address.trim() })
    if (dialled === undefined) return
    notifications.show({
      message: `Connected to ${shortPeerId(dialled.id)}. It joins the table once it has answered.`,
    })
    onClose()
  }
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title="Dial a peer"
      size={560}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form
        style={{ display: 'grid', gap: 16 }}
        onSubmit={(event) => {
          event.preventDefault()
          void dial()
        }}
      >
        <TextInput
          label="Multiaddr"
          description="Ends in /p2p/ and the peer’s id: /ip4/127.0.0.1/tcp/4001/p2p/12D3KooW…"
          value={address}
          error={error?.message}
          data-autofocus
          styles={{ input: { fontFamily: 'var(--font-mono)' } }}
          onChange={(event) => setAddress(event.currentTarget.value)}
        />
        <div className="row" style={{ justifyContent: 'end' }}>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="filled" loading={isRunning} disabled={address.trim() === ''}>
            Dial
          </Button>
        </div>
      </form>
    </Modal>
  )
}
