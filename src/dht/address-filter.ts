import { multiaddr } from '@multiformats/multiaddr'

/** Says whether a binary multiaddr may be dialled or handed on in this network. */
export type MultiaddrFilter = (address: Uint8Array) => boolean

const IP4 = 0x04
const IP6 = 0x29
/** `p2p-circuit` (290) as a varint. */
const CIRCUIT = [0xa2, 0x02] as const
/** Names that mean this machine or its link, whatever a resolver says. */
const LOCAL_NAME = /(^|\.)(localhost|local|internal|home\.arpa)\.?$/i

/** For networks whose operator knows every address: Sandbox, tests, private networks. */
export const acceptAllAddresses: MultiaddrFilter = () => true

/** For the public network: public IPs and names; nothing private, local or relayed (protocol.md §8, 18). */
export const publicAddressesOnly: MultiaddrFilter = (address) => {
  if (address[0] === IP4) return isPublicIp4(address, 1) && !isRelayed(address, 5)
  if (address[0] === IP6) return isPublicIp6(address, 1) && !isRelayed(address, 17)
  return isPublicName(address)
}

/** For a local network: private and link-local IPs; not this machine's own loopback, nothing public or relayed. */
export const localAddressesOnly: MultiaddrFilter = (address) => {
  if (address[0] === IP4) return isPrivateIp4(address, 1) && !isRelayed(address, 5)
  if (address[0] === IP6) return isPrivateIp6(address, 1) && !isRelayed(address, 17)
  return false
}

/** True for a globally routable IPv4 address: the 4 bytes from `at` on. */
export function isPublicIp4(bytes: Uint8Array, at = 0): boolean {
  const a = bytes[at] ?? 0
  const b = bytes[at + 1] ?? 0
  const isCarrierNat = a === 100 && b >= 64 && b < 128
  return a !== 0 && a !== 127 && a < 224 && !isCarrierNat && !isPrivateIp4(bytes, at)
}

/** True for IPv6 global unicast, `2000::/3`, from `at` on; the rest is local, reserved or multicast. */
export function isPublicIp6(bytes: Uint8Array, at = 0): boolean {
  const first = bytes[at] ?? 0
  return first >= 0x20 && first < 0x40
}

/** RFC 1918 and link-local. */
function isPrivateIp4(bytes: Uint8Array, at: number): boolean {
  const a = bytes[at] ?? 0
  const b = bytes[at + 1] ?? 0
  const isLinkLocal = a === 169 && b === 254
  return a === 10 || (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168) || isLinkLocal
}

/** `fc00::/7` and `fe80::/10`. */
function isPrivateIp6(bytes: Uint8Array, at: number): boolean {
  const first = bytes[at] ?? 0
  const second = bytes[at + 1] ?? 0
  return (first & 0xfe) === 0xfc || (first === 0xfe && (second & 0xc0) === 0x80)
}

/** Looks past the IP for a relay; parsing is dear, so only when its code's bytes are there. */
function isRelayed(address: Uint8Array, from: number): boolean {
  for (let i = address.indexOf(CIRCUIT[0], from); i >= 0; i = address.indexOf(CIRCUIT[0], i + 1)) {
    if (address[i + 1] === CIRCUIT[1]) return hasRelay(address)
  }
  return false
}

function hasRelay(address: Uint8Array): boolean {
  try {
    return multiaddr(address)
      .getComponents()
      .some(({ name }) => name === 'p2p-circuit')
  } catch {
    return true
  }
}

/** An address that begins with a DNS name others can resolve. */
function isPublicName(address: Uint8Array): boolean {
  try {
    const components = multiaddr(address).getComponents()
    const [first] = components
    if (first === undefined || !first.name.startsWith('dns')) return false
    const isLocal = LOCAL_NAME.test(first.value ?? 'localhost')
    return !isLocal && components.every(({ name }) => name !== 'p2p-circuit')
  } catch {
    return false
  }
}
