import type { OperationRow } from '../../../shared/rows.ts'

const commands: Partial<Record<OperationRow['kind'], string>> = {
  FIND_PEER: 'find-peer',
  CLOSEST_PEERS: 'closest',
  GET_VALUE: 'get',
  PUT_VALUE: 'put',
  PROVIDE: 'provide',
  FIND_PROVIDERS: 'providers',
}

/** The command line that runs the operation again; absent for those the node runs by itself. */
export function cliCommand({ kind, key, networkId }: OperationRow): string | undefined {
  const command = commands[kind]
  if (command === undefined) return undefined
  const value = kind === 'PUT_VALUE' ? ' <value>' : ''
  return `kadscope ${command} ${quoted(key.text)}${value} --network ${quoted(networkId)}`
}

/** As a POSIX shell takes it literally. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
}
