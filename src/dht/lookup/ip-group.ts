import { isPublicIp4, isPublicIp6 } from '../address-filter.ts'
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
  if (address[0] === IP4) return isPublicIp4(address.subarray(1)) ? `4:${address.subarray(1, 4).join('.')}` : undefined
  if (address[0] === IP6) return isPublicIp6(address.subarray(1)) ? `6:${address.subarray(1, 7).join('.')}` : undefined
  return undefined
}
