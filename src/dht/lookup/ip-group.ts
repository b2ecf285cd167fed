import { isPublicIp4, isPublicIp6 } from '../address-filter.ts'
import type { Peer } from '../peer.ts'

const IP4 = 0x04
const IP6 = 0x29
/** The end of an address that leads over a relay: multicodec of `p2p-circuit` (290) as a varint. */
const CIRCUIT = [0xa2, 0x02] as const

/** Added to the groups of IPv6, which have 48 bits, so that none is one of IPv4. */
const IP6_GROUPS = 2 ** 48

/**
 * The IP group of a peer, from its first public address: `/24` of IPv4, `/48`
 * of IPv6 (go-libp2p's tables group by autonomous system and treat all unknown
 * IPv6 as one group, protocol.md §8). A whole number: worlds ask for millions.
 * Undefined for peers with names, private or relayed addresses only: they
 * count for no group.
 */
export function ipGroup({ addrs }: Pick<Peer, 'addrs'>): number | undefined {
  for (const address of addrs) {
    const group = groupOfAddress(address)
    if (group !== undefined) return group
  }
  return undefined
}

function groupOfAddress(address: Uint8Array): number | undefined {
  const [protocol] = address
  if (protocol !== IP4 && protocol !== IP6) return undefined
  if (isRelayed(address)) return undefined
  if (protocol === IP4) return isPublicIp4(address, 1) ? prefix(address, 3) : undefined
  return isPublicIp6(address, 1) ? IP6_GROUPS + prefix(address, 6) : undefined
}

function isRelayed(address: Uint8Array): boolean {
  return address[address.length - 2] === CIRCUIT[0] && address[address.length - 1] === CIRCUIT[1]
}

/** The first bytes of the IP as a whole number. */
function prefix(address: Uint8Array, length: number): number {
  let number = 0
  for (let i = 1; i <= length; i++) number = number * 256 + (address[i] ?? 0)
  return number
}
