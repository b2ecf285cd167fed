import type { Command } from 'commander'
import { CliError, ExitCode } from '../exit-codes.ts'
import { type NetworkOptions, withNetworkOptions } from '../network-options.ts'
import { number } from '../number.ts'
import { runOperation } from '../operation.ts'
import { columns, durationText, print, timeText } from '../output.ts'
import { snapshotOf, withSession } from '../session.ts'

/** `kadscope closest`, `find-peer` and `table`. */
export function peerCommands(program: Command): void {
  withNetworkOptions(program.command('closest'))
    .description('find the peers nearest to a key')
    .argument('<key>', 'a record key, CID, peer id, or 0x… for bytes')
    .option('--count <n>', 'how many (default: the network’s k)', number)
    .addHelpText('after', '\nExample:\n  kadscope closest /note/hello --count 5')
    .action(closest)
  withNetworkOptions(program.command('find-peer'))
    .description('find the addresses of a peer')
    .argument('<peer id>')
    .addHelpText('after', '\nExample:\n  kadscope find-peer 12D3KooW… --json')
    .action(findPeer)
  withNetworkOptions(program.command('table'))
    .description('show the routing table')
    .addHelpText('after', '\nExample:\n  kadscope table --home ./profile')
    .action(table)
}

async function closest(
  key: string,
  { count, ...options }: NetworkOptions & { count?: number },
): Promise<void> {
  await withSession(options, { profile: 'temporary', peers: true }, async (session) => {
    const input = { kind: 'CLOSEST_PEERS' as const, key, ...(count !== undefined && { count }) }
    const { operation, closest: found } = await runOperation(session, input)
    print(options.json, { key: operation.key, peers: found, operation }, () => [
      ...columns(
        ['PEER', 'ADDRESSES'],
        found.map(({ id, addresses }) => [id, addresses.join(' ')]),
      ),
      `${operation.counts.asked} asked, ${operation.counts.hops} hops, ${durationText(operation.durationMs)}`,
    ])
    if (found.length === 0) throw new CliError(ExitCode.notFound, 'No peer answered.')
  })
}

async function findPeer(id: string, options: NetworkOptions): Promise<void> {
  await withSession(options, { profile: 'temporary', peers: true }, async (session) => {
    const { operation, peer } = await runOperation(session, { kind: 'FIND_PEER', peer: id })
    if (peer === undefined) throw new CliError(ExitCode.notFound, `Nobody knows an address of ${id}.`)
    print(options.json, { peer, operation }, () => peer.addresses)
  })
}

async function table(options: NetworkOptions): Promise<void> {
  await withSession(options, { profile: 'kept', peers: true }, async ({ client, networkId }) => {
    const { peers, health, node } = await snapshotOf(client)
    const nearestFirst = peers.toSorted((a, b) => (a.distance < b.distance ? -1 : 1))
    print(options.json, { networkId, node, health, peers: nearestFirst }, () => [
      ...columns(
        ['CPL', 'STATE', 'PEER', 'RTT', 'LAST SEEN', 'ADDRESS'],
        nearestFirst.map(({ cpl, state, id, rttMs, lastSeenAt, address }) => [
          String(cpl),
          state,
          id,
          durationText(rttMs),
          lastSeenAt === undefined ? 'never' : timeText(lastSeenAt),
          address ?? '',
        ]),
      ),
      ...(health?.verdicts.map(({ text }) => text) ?? []),
    ])
  })
}
