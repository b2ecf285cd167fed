import { Button, Modal } from '@mantine/core'
import { useState } from 'react'
import type { NetworkRow } from '../../shared/rows.ts'
import { useApp } from '../state/app-store.ts'
import { useUi } from '../state/ui-store.ts'
import { CustomNetworkForm } from './custom-network-form.tsx'
import { NetworkDetail } from './network-detail.tsx'
import classes from './networks-dialog.module.css'

/** Chooses the network: presets and own ones at the left, what one is and how it goes at the right. */
export function NetworksDialog() {
  const isOpen = useUi((state) => state.isNetworksOpen)
  const setOpen = useUi((state) => state.setNetworksOpen)
  const close = () => setOpen(false)
  return (
    <Modal
      opened={isOpen}
      onClose={close}
      title="Networks"
      size={760}
      padding={0}
      closeButtonProps={{ 'aria-label': 'Close' }}
      classNames={{ header: classes.header ?? '' }}
    >
      <Networks onDone={close} />
    </Modal>
  )
}

const NEW = 'new'

function Networks({ onDone }: { onDone: () => void }) {
  const { rows, activeId } = useApp(({ networks }) => networks)
  const [chosenId, choose] = useState(activeId ?? rows[0]?.id ?? NEW)
  const chosen = rows.find(({ id }) => id === chosenId)
  return (
    <div className={classes.columns}>
      <ul className={classes.list}>
        {rows.map((network) => (
          <li key={network.id}>
            <button
              type="button"
              className={classes.item}
              aria-current={network.id === chosenId}
              onClick={() => choose(network.id)}
            >
              <span className="strong cut">{network.name}</span>
              <span className={`xs ${toneOf(network)}`}>{stateText(network, network.id === activeId)}</span>
            </button>
          </li>
        ))}
        <li className={classes.add}>
          <Button size="xs" fullWidth onClick={() => choose(NEW)} aria-current={chosenId === NEW}>
            Describe another…
          </Button>
        </li>
      </ul>
      <div className={classes.detail}>
        {chosen === undefined ? (
          <CustomNetworkForm onAdded={choose} />
        ) : (
          <NetworkDetail key={chosen.id} network={chosen} isActive={chosen.id === activeId} onDone={onDone} />
        )}
      </div>
    </div>
  )
}

function stateText({ state, protocol }: NetworkRow, isActive: boolean): string {
  return isActive || state !== 'stopped' ? state : protocol
}

function toneOf({ state }: NetworkRow): string {
  if (state === 'running') return 'o-ok'
  return state === 'failed' ? 'bad' : 'muted'
}
