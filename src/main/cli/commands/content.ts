import type { Command } from 'commander'
import { CliError, ExitCode } from '../exit-codes.ts'
import { type NetworkOptions, withNetworkOptions } from '../network-options.ts'
import { number } from '../number.ts'
import { runOperation } from '../operation.ts'
import { columns, print } from '../output.ts'
import { type SessionNeeds, withSession } from '../session.ts'
import { reportStored } from './values.ts'

const NEEDS: SessionNeeds = { profile: 'temporary', peers: true }

/** `kadscope provide` and `kadscope providers`. */
export function contentCommands(program: Command): void {
  withNetworkOptions(program.command('provide'))
    .description('announce this node as a provider of a CID or multihash')
    .argument('<cid>', 'a CID, or a multihash in base58 or hex')
    .addHelpText(
      'after',
      '\nExample:\n  kadscope provide bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy',
    )
    .action(provide)
  withNetworkOptions(program.command('providers'))
    .description('find who provides a CID or multihash')
    .argument('<cid>', 'a CID, or a multihash in base58 or hex')
    .option('--count <n>', 'providers that are enough; 0: all there are', number, 20)
    .addHelpText(
      'after',
      '\nExample:\n  kadscope providers bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy --count 5 --json',
    )
    .action(providers)
}

async function provide(cid: string, options: NetworkOptions): Promise<void> {
  await withSession(options, NEEDS, async (session) => {
    reportStored(await runOperation(session, { kind: 'PROVIDE', key: cid }), options, 'announced')
  })
}

async function providers(
  cid: string,
  { count, ...options }: NetworkOptions & { count: number },
): Promise<void> {
  await withSession(options, NEEDS, async (session) => {
    const { operation, providers: found = [] } = await runOperation(session, {
      kind: 'FIND_PROVIDERS',
      key: cid,
      count,
    })
    print(options.json, { key: operation.key, providers: found, operation }, () =>
      columns(
        ['PROVIDER', 'ADDRESSES'],
        found.map(({ id, addresses }) => [id, addresses.join(' ')]),
      ),
    )
    if (found.length === 0) throw new CliError(ExitCode.notFound, `Nobody provides ${cid}.`)
  })
}
