import { ActionIcon } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { IconCheck, IconCopy } from '@tabler/icons-react'

/** Copies `value`; `label` says of what: `Copy peer id`. */
export function CopyButton({ value, label, size = 24 }: { value: string; label: string; size?: number }) {
  const { copied, copy } = useClipboard({ timeout: 1500 })
  return (
    <ActionIcon
      size={size}
      aria-label={copied ? 'Copied' : label}
      title={copied ? 'Copied' : label}
      onClick={(event) => {
        event.stopPropagation()
        copy(value)
      }}
    >
      {copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
    </ActionIcon>
  )
}
