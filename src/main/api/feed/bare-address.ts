/** An address without the peer id at its end. */
export function bareAddress(address: string): string {
  return address.replace(/\/p2p\/[^/]+$/, '')
}
