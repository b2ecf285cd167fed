import { Button, Menu, Switch } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { IconChevronDown, IconTerminal } from '@tabler/icons-react'
import { useState } from 'react'
import type { ExportFormat } from '../../../shared/contract.ts'
import type { OperationRow } from '../../../shared/rows.ts'
import { api, shownError } from '../../api.ts'
import { cliCommand } from './cli-command.ts'
import { saveText } from './save-text.ts'

const formats: { format: ExportFormat; name: string; note: string }[] = [
  { format: 'ndjson', name: 'NDJSON', note: 'everything, can be read back' },
  { format: 'json', name: 'JSON', note: 'one document' },
  { format: 'csv', name: 'CSV', note: 'a row per request' },
  { format: 'chrome-trace', name: 'Chrome Trace Event', note: 'opens in Perfetto' },
]

/** Saves a lookup as a file, or copies the command that runs it. */
export function ExportMenu({ operation }: { operation: OperationRow }) {
  const [isRedacted, setRedacted] = useState(false)
  const { copy } = useClipboard()
  const command = cliCommand(operation)
  return (
    <Menu position="bottom-end" width={280} transitionProps={{ duration: 0 }} closeOnItemClick={false}>
      <Menu.Target>
        <Button size="xs" rightSection={<IconChevronDown size={12} />}>
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {formats.map(({ format, name, note }) => (
          <Menu.Item key={format} onClick={() => void save(operation.id, format, isRedacted)}>
            {name} <span className="faint xs">{note}</span>
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item
          component="div"
          role="menuitemcheckbox"
          aria-checked={isRedacted}
          onClick={() => setRedacted(!isRedacted)}
        >
          <span className="row">
            <Switch size="xs" checked={isRedacted} readOnly tabIndex={-1} aria-hidden="true" />
            Redact ids, addresses, keys and values
          </span>
        </Menu.Item>
        {command !== undefined && (
          <>
            <Menu.Divider />
            <Menu.Item
              leftSection={<IconTerminal size={14} />}
              onClick={() => copy(command)}
              closeMenuOnClick
            >
              Copy as command line
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  )
}

async function save(id: string, format: ExportFormat, redact: boolean): Promise<void> {
  try {
    const { fileName, mediaType, text } = await api.operations.export({ ids: [id], format, redact })
    saveText(fileName, mediaType, text)
  } catch (error) {
    notifications.show({ color: 'red', title: 'Nothing was exported.', message: shownError(error).message })
  }
}
