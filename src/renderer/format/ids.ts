const TAIL = 6

/** `12D3…4o7QdK`: every Ed25519 id begins `12D3KooW`, so the tail tells them apart. */
export function shortPeerId(id: string): string {
  return id.length <= 12 ? id : `${id.slice(0, 4)}…${id.slice(-TAIL)}`
}

/** `…4o7QdK`, inside a list of peers. */
export function tailPeerId(id: string): string {
  return id.length <= TAIL + 1 ? id : `…${id.slice(-TAIL)}`
}

/** A long text shortened in the middle to at most `length` characters, the tail a third of it. */
export function shortenMiddle(text: string, length: number): string {
  if (text.length <= length) return text
  const tail = Math.max(1, Math.floor((length - 1) / 3))
  return `${text.slice(0, length - 1 - tail)}…${text.slice(-tail)}`
}

/** A key's text: the namespace whole, the rest shortened: `/ipns/k51qzi…u5dq7m`, `bafybeig…pzh4tq`. */
export function shortKey(text: string): string {
  const [, prefix = '', rest = ''] = /^(\/[^/]+\/)?([\s\S]*)$/.exec(text) ?? []
  return prefix + shortenMiddle(rest, 20)
}

/** The first digits of a hex string in groups of four: `00b7 0a3d`. */
export function hexGroups(hex: string, groups = 2): string {
  return (hex.slice(0, groups * 4).match(/.{1,4}/g) ?? []).join(' ')
}

/** An address without the peer id at its end: `/ip4/127.0.0.1/tcp/4001`. */
export function withoutPeerId(address: string): string {
  return address.replace(/\/p2p\/[^/]+$/, '')
}
