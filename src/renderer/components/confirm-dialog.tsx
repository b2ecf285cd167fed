import { Button, Modal } from '@mantine/core'
import type { ReactNode } from 'react'
import { ErrorText } from './error-text.tsx'
import { useCommand } from './use-command.ts'

interface ConfirmDialogProps {
  isOpen: boolean
  onClose: () => void
  /** The act as a question: `Block 12D3…4o7QdK?`. */
  title: string
  /** What it will do, and to whom. */
  children: ReactNode
  /** The act as a verb: `Block`. */
  confirmLabel: string
  isDangerous?: boolean
  /** Closes the dialog when it resolves; its error is shown in place. */
  onConfirm: () => Promise<unknown>
}

/** Asks before an act that cannot be taken back. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { isOpen, onClose, title, children, confirmLabel, isDangerous = true, onConfirm } = props
  const { run, isRunning, error, reset } = useCommand(onConfirm)
  const close = () => {
    reset()
    onClose()
  }
  const confirm = async () => {
    if ((await run()) !== undefined) close()
  }
  return (
    <Modal opened={isOpen} onClose={close} title={title} closeButtonProps={{ 'aria-label': 'Close' }}>
      <div style={{ display: 'grid', gap: 16 }}>
        <div className="muted">{children}</div>
        {error !== undefined && <ErrorText error={error} />}
        <div className="row" style={{ justifyContent: 'end' }}>
          <Button onClick={close} data-autofocus>
            Cancel
          </Button>
          <Button
            variant="filled"
            loading={isRunning}
            {...(isDangerous && { 'data-danger': true })}
            onClick={() => void confirm()}
          >
            {confirmLabel}
          </Button>
        </div>
      </div>
    </Modal>
  )
}
