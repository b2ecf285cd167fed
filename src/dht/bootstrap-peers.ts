import type { PeerId } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { InvalidArgumentError } from './errors.ts'
import type { Host } from './host.ts'
import { type Peer, peerFromInfo } from './peer.ts'

/** Reads bootstrap addresses. Throws `InvalidArgumentError` for what is none. */
export function parseBootstrap(addresses: readonly (Multiaddr | string)[]): Multiaddr[] {
  return addresses.map((address) => {
    try {
      return multiaddr(address)
    } catch (cause) {
      throw new InvalidArgumentError(`"${address}" is no multiaddr to bootstrap from.`, { cause })
    }
  })
}

/**
 * The peers at the bootstrap addresses, ourselves excepted. An address that
 * ends in a peer id is taken at its word; one without is dialled to learn
 * whose it is, and left out when nobody answers there.
 */
export async function findBootstrapPeers(
  host: Host,
  addresses: readonly Multiaddr[],
  signal: AbortSignal,
): Promise<Peer[]> {
  const named = await Promise.all(
    addresses.map(async (address) => ({
      address,
      id: peerIdIn(address) ?? (await ask(host, address, signal)),
    })),
  )
  const byId = new Map<string, { id: PeerId; multiaddrs: Multiaddr[] }>()
  for (const { address, id } of named) {
    if (id === undefined || id.equals(host.peerId)) continue
    const known = byId.get(id.toString())
    if (known === undefined) byId.set(id.toString(), { id, multiaddrs: [address] })
    else known.multiaddrs.push(address)
  }
  return [...byId.values()].map(peerFromInfo)
}

function peerIdIn(address: Multiaddr): PeerId | undefined {
  const last = address.getComponents().at(-1)
  return last?.name === 'p2p' && last.value !== undefined ? peerIdFromString(last.value) : undefined
}

async function ask(host: Host, address: Multiaddr, signal: AbortSignal): Promise<PeerId | undefined> {
  try {
    return (await host.dial(address, { signal })).remotePeer
  } catch {
    return undefined
  }
}
