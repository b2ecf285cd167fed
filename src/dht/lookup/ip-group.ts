import type { Peer } from '../peer.ts'

const IP4 = 0x04
const IP6 = 0x29
/** The end of an address that leads over a relay: multicodec of `p2p-circuit` (290) as a varint. */
const CIRCUIT = [0xa2, 0x02] as const

/**
 * The IP group of a peer, from its first public address: `/24` of IPv4, `/48`
 * of IPv6 (go-libp2p's tables group by autonomous system and treat all unknown
 * IPv6 as one group, protocol.md §8). Undefined for peers with names, private
 * or relayed addresses only: they count for no group.
 */
export function ipGroup({ addrs }: Pick<Peer, 'addrs'>): string | undefined {
  for (const address of addrs) {
    const group = groupOfAddress(address)
    if (group !== undefined) return group
  }
  return undefined
}

function groupOfAddress(address: Uint8Array): string | undefined {
  if (address.at(-2) === CIRCUIT[0] && address.at(-1) === CIRCUIT[1]) return undefined
  if (address[0] === IP4) return isPublicIp4(address) ? `4:${address.subarray(1, 4).join('.')}` : undefined
  if (address[0] === IP6) return isPublicIp6(address) ? `6:${address.subarray(1, 7).join('.')}` : undefined
  return undefined
}

function isPublicIp4([, a = 0, b = 0]: Uint8Array): boolean {
  const isPrivate = a === 10 || (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168)
  const isCarrierNat = a === 100 && b >= 64 && b < 128
  const isLinkLocal = a === 169 && b === 254
  return a !== 0 && a !== 127 && a < 224 && !isPrivate && !isCarrierNat && !isLinkLocal
}

/** Global unicast, `2000::/3`; the rest is local, reserved or multicast. */
function isPublicIp6([, first = 0]: Uint8Array): boolean {
  return first >= 0x20 && first < 0x40
}
