import { writeFileSync } from 'node:fs'
import type { Command } from 'commander'
import type { OperationResult } from '../../../shared/contract.ts'
import { CliError, ExitCode } from '../exit-codes.ts'
import { type NetworkOptions, withNetworkOptions } from '../network-options.ts'
import { number } from '../number.ts'
import { runOperation } from '../operation.ts'
import { columns, durationText, print } from '../output.ts'
import { type SessionNeeds, withSession } from '../session.ts'
import { readValue } from '../value-input.ts'

const NEEDS: SessionNeeds = { profile: 'temporary', peers: true }

/** `kadscope get` and `kadscope put`. */
export function valueCommands(program: Command): void {
  withNetworkOptions(program.command('get'))
    .description('get the value under a key')
    .argument('<key>', 'such as /note/hello, /ipns/<name>, /pk/<peer id>')
    .option('--quorum <n>', 'peers that must confirm a value before the lookup may end early', number, 0)
    .option('--out <file>', 'write the value there')
    .addHelpText(
      'after',
      `
Examples:
  kadscope get /note/hello
  kadscope get /ipns/k51qzi5uqu5d… --network amino --json
  kadscope get /app/config --protocol /app/kad/1.0.0 --bootstrap /ip4/192.0.2.7/tcp/4001/p2p/12D3KooW… --allow-unverified`,
    )
    .action(get)
  withNetworkOptions(program.command('put'))
    .description('publish a value under a key')
    .argument('<key>', 'such as /note/hello')
    .argument('<value>', 'text, @FILE, hex:…, or - for standard input')
    .addHelpText(
      'after',
      `
Examples:
  kadscope put /note/hello 'good morning'
  kadscope put /note/picture @picture.png
  date | kadscope put /note/now - --json`,
    )
    .action(put)
}

async function get(
  key: string,
  { quorum, out, ...options }: NetworkOptions & { quorum: number; out?: string },
): Promise<void> {
  await withSession(options, NEEDS, async (session) => {
    const result = await runOperation(session, { kind: 'GET_VALUE', key, quorum })
    const { value, values = [], operation } = result
    if (value === undefined) throw new CliError(ExitCode.notFound, notFound(key, values))
    const bytes = Buffer.from(value, 'base64')
    if (out !== undefined) writeFileSync(out, bytes)
    if (options.json) {
      print(true, { key: operation.key, value, values, operation }, () => [])
    } else if (out === undefined) {
      process.stdout.write(bytes.at(-1) === 0x0a || !process.stdout.isTTY ? bytes : `${bytes}\n`)
    }
  })
}

async function put(key: string, argument: string, options: NetworkOptions): Promise<void> {
  const value = readValue(argument)
  await withSession(options, NEEDS, async (session) => {
    const result = await runOperation(session, { kind: 'PUT_VALUE', key, value })
    reportStored(result, options, 'stored')
  })
}

/** Tells of each peer whether it took what it was sent. Throws a `CliError` when none did. */
export function reportStored(result: OperationResult, options: NetworkOptions, done: string): void {
  const { operation, stored = [] } = result
  print(options.json, { key: operation.key, stored, operation }, () => [
    `${operation.key.text}: ${operation.result} in ${durationText(operation.durationMs)}`,
    ...columns(
      ['PEER', 'RESULT'],
      stored.map(({ peer, ok, failure, message }) => [peer, ok ? done : `${failure}: ${message ?? ''}`]),
    ),
  ])
  if (!stored.some(({ ok }) => ok)) {
    throw new CliError(ExitCode.failed, 'No peer took it: this node alone has it, until it ends.')
  }
}

function notFound(key: string, values: NonNullable<OperationResult['values']>): string {
  const [rejected] = values
  if (rejected === undefined) return `Nobody has a value under ${key}.`
  const reason = rejected.rejected ?? 'no validator accepts it'
  return `${values.length} values were found under ${key} and none is valid: ${reason}`
}
