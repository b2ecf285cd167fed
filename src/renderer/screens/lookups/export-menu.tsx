import { Button, Popover, Switch } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { IconChevronDown, IconDownload, IconTerminal } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import type { ExportFormat } from '../../../shared/contract.ts'
import type { OperationRow } from '../../../shared/rows.ts'
import { api } from '../../api.ts'
import { ErrorText } from '../../components/error-text.tsx'
import { useCommand } from '../../components/use-command.ts'
import { cliCommand } from './cli-command.ts'
import classes from './export-menu.module.css'
import { saveText } from './save-text.ts'

const formats: { format: ExportFormat; name: string; note: string }[] = [
  { format: 'ndjson', name: 'NDJSON', note: 'everything, can be read back' },
  { format: 'json', name: 'JSON', note: 'one document' },
  { format: 'csv', name: 'CSV', note: 'a row per request' },
  { format: 'chrome-trace', name: 'Chrome Trace Event', note: 'opens in Perfetto' },
]

/** Saves a lookup as a file, or copies the command that runs it. */
export function ExportMenu({ operation }: { operation: OperationRow }) {
  const [isOpen, setOpen] = useState(false)
  const [isRedacted, setRedacted] = useState(false)
  usePageInert(isOpen)
  const { run, error } = useCommand(save)
  const { copy, copied } = useClipboard({ timeout: 1500 })
  const command = cliCommand(operation)
  return (
    <Popover
      opened={isOpen}
      onChange={setOpen}
      position="bottom-end"
      width={300}
      trapFocus
      returnFocus
      transitionProps={{ duration: 0 }}
      withOverlay
      overlayProps={{ backgroundOpacity: 0 }}
    >
      <Popover.Target>
        <Button size="xs" rightSection={<IconChevronDown size={12} />} onClick={() => setOpen(!isOpen)}>
          Export
        </Button>
      </Popover.Target>
      <Popover.Dropdown className={classes.menu ?? ''} aria-label="Export">
        {formats.map(({ format, name, note }) => (
          <button
            key={format}
            type="button"
            className={classes.choice}
            onClick={() => void run(operation.id, format, isRedacted)}
          >
            <IconDownload size={14} aria-hidden="true" />
            {name}
            <span className={classes.note}>{note}</span>
          </button>
        ))}
        {error !== undefined && <ErrorText error={error} />}
        <div className={classes.option}>
          <Switch
            size="xs"
            label="Redact ids, addresses, keys and values"
            checked={isRedacted}
            onChange={(event) => setRedacted(event.currentTarget.checked)}
          />
        </div>
        {command !== undefined && (
          <button type="button" className={classes.choice} title={command} onClick={() => copy(command)}>
            <IconTerminal size={14} aria-hidden="true" />
            {copied ? 'Copied' : 'Copy as command line'}
          </button>
        )}
      </Popover.Dropdown>
    </Popover>
  )
}

/** Nothing that an open menu half covers can be hit by mistake, or reached by Tab. */
function usePageInert(isInert: boolean): void {
  useEffect(() => {
    const page = document.getElementById('root')
    if (page === null || !isInert) return
    page.inert = true
    return () => {
      page.inert = false
    }
  }, [isInert])
}

async function save(id: string, format: ExportFormat, redact: boolean): Promise<void> {
  const { fileName, mediaType, text } = await api.operations.export({ ids: [id], format, redact })
  saveText(fileName, mediaType, text)
}
