import { Button, Switch } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { Link } from 'wouter'
import type { ValidatorRow } from '../../../shared/rows.ts'
import { api } from '../../api.ts'
import { ErrorText } from '../../components/error-text.tsx'
import { Panel } from '../../components/panel.tsx'
import { useCommand } from '../../components/use-command.ts'
import { formatCount } from '../../format/numbers.ts'
import classes from './validators-screen.module.css'

interface ValidatorListProps {
  networkId: string
  rows: readonly ValidatorRow[]
  /** Undefined: a new one is being written. */
  selected: string | undefined
}

const setEnabled = (networkId: string, namespace: string, enabled: boolean) =>
  api.validators.setEnabled({ networkId, namespace, enabled })

/** Namespaces that have a validator, with what it decided so far. */
export function ValidatorList({ networkId, rows, selected }: ValidatorListProps) {
  const toggle = useCommand(setEnabled)
  return (
    <Panel
      title="Validators"
      hint={rows.length}
      actions={
        <Button size="xs" leftSection={<IconPlus size={12} />} component={Link} href="/validators">
          New
        </Button>
      }
      scrolls
    >
      {toggle.error !== undefined && <ErrorText error={toggle.error} />}
      <ul aria-label="Validators by namespace">
        {rows.map((row) => (
          <li key={row.namespace} className={classes.item} data-selected={row.namespace === selected}>
            <Link
              href={`/validators/${row.namespace}`}
              className={classes.name}
              {...(row.namespace === selected && { 'aria-current': 'true' as const })}
            >
              <span className="mono strong">/{row.namespace}</span>
              <span className={classes.source}>{sourceOf(row)}</span>
              <span className={classes.counts}>
                {formatCount(row.counts.accepted)} accepted, {formatCount(row.counts.rejected)} rejected
              </span>
            </Link>
            {!row.builtIn && (
              <Switch
                size="xs"
                aria-label={`/${row.namespace} is enabled`}
                checked={row.enabled}
                onChange={(event) => void toggle.run(networkId, row.namespace, event.currentTarget.checked)}
              />
            )}
          </li>
        ))}
      </ul>
    </Panel>
  )
}

const kindWords: Record<NonNullable<ValidatorRow['definition']>['kind'], string> = {
  any: 'any bytes',
  utf8: 'UTF-8',
  size: 'size limit',
  'json-schema': 'JSON Schema',
  javascript: 'JavaScript',
}

/** Where a validator comes from, in a few words. */
export function sourceOf({ builtIn, definition, version, enabled }: ValidatorRow): string {
  if (builtIn || definition === undefined) return 'built in'
  return `${kindWords[definition.kind]}, version ${version}${enabled ? '' : ', disabled'}`
}
