import { hexText, peerIdText, printableText, shortHexText } from './byte-text.ts'
import type { WireNode } from './wire-node.ts'

/** How a component's value is written. */
type ComponentKind = 'none' | 'ip4' | 'ip6' | 'port' | 'text' | 'peer-id' | 'bytes' | 'number'

interface Protocol {
  name: string
  /** Bytes of the value; `'variable'` when its length stands before it. */
  size: number | 'variable'
  kind: ComponentKind
}

/** Components of multiaddrs, by multicodec (github.com/multiformats/multiaddr, protocols.csv). */
const protocols: Readonly<Record<number, Protocol>> = {
  4: { name: 'ip4', size: 4, kind: 'ip4' },
  6: { name: 'tcp', size: 2, kind: 'port' },
  33: { name: 'dccp', size: 2, kind: 'port' },
  41: { name: 'ip6', size: 16, kind: 'ip6' },
  42: { name: 'ip6zone', size: 'variable', kind: 'text' },
  43: { name: 'ipcidr', size: 1, kind: 'number' },
  53: { name: 'dns', size: 'variable', kind: 'text' },
  54: { name: 'dns4', size: 'variable', kind: 'text' },
  55: { name: 'dns6', size: 'variable', kind: 'text' },
  56: { name: 'dnsaddr', size: 'variable', kind: 'text' },
  132: { name: 'sctp', size: 2, kind: 'port' },
  273: { name: 'udp', size: 2, kind: 'port' },
  275: { name: 'p2p-webrtc-star', size: 0, kind: 'none' },
  276: { name: 'p2p-webrtc-direct', size: 0, kind: 'none' },
  280: { name: 'webrtc-direct', size: 0, kind: 'none' },
  281: { name: 'webrtc', size: 0, kind: 'none' },
  290: { name: 'p2p-circuit', size: 0, kind: 'none' },
  301: { name: 'udt', size: 0, kind: 'none' },
  302: { name: 'utp', size: 0, kind: 'none' },
  400: { name: 'unix', size: 'variable', kind: 'text' },
  421: { name: 'p2p', size: 'variable', kind: 'peer-id' },
  444: { name: 'onion', size: 12, kind: 'bytes' },
  445: { name: 'onion3', size: 37, kind: 'bytes' },
  446: { name: 'garlic64', size: 'variable', kind: 'bytes' },
  447: { name: 'garlic32', size: 'variable', kind: 'bytes' },
  448: { name: 'tls', size: 0, kind: 'none' },
  449: { name: 'sni', size: 'variable', kind: 'text' },
  454: { name: 'noise', size: 0, kind: 'none' },
  460: { name: 'quic', size: 0, kind: 'none' },
  461: { name: 'quic-v1', size: 0, kind: 'none' },
  465: { name: 'webtransport', size: 0, kind: 'none' },
  466: { name: 'certhash', size: 'variable', kind: 'bytes' },
  477: { name: 'ws', size: 0, kind: 'none' },
  478: { name: 'wss', size: 0, kind: 'none' },
  480: { name: 'http', size: 0, kind: 'none' },
  481: { name: 'http-path', size: 'variable', kind: 'text' },
  443: { name: 'https', size: 0, kind: 'none' },
  777: { name: 'memory', size: 8, kind: 'bytes' },
}

/**
 * The components of a binary multiaddr with their byte ranges, shifted by
 * `offset`, and its text. What cannot be read is one `error` component.
 */
export function walkMultiaddr(bytes: Uint8Array, offset: number): { text: string; components: WireNode[] } {
  const components: WireNode[] = []
  let at = 0
  while (at < bytes.length) {
    const component = readComponent(bytes, at, offset)
    components.push(component)
    at = component.end - offset
  }
  return { text: components.map(componentText).join(''), components }
}

function componentText({ kind, name, value }: WireNode): string {
  if (kind === 'error') return '/…unreadable'
  return value === '' ? `/${name}` : `/${name}/${value}`
}

function readComponent(bytes: Uint8Array, at: number, offset: number): WireNode {
  const code = readVarint(bytes, at)
  const protocol = code && protocols[code.value]
  if (code === undefined || protocol === undefined) {
    const reason =
      code === undefined ? 'The protocol code is cut off.' : `Protocol ${code.value} is not known.`
    return unreadable(at, bytes.length, offset, reason)
  }
  const length =
    protocol.size === 'variable' ? readVarint(bytes, code.end) : { value: protocol.size, end: code.end }
  const end = length === undefined ? Number.POSITIVE_INFINITY : length.end + length.value
  if (length === undefined || end > bytes.length)
    return unreadable(at, bytes.length, offset, 'The value is cut off.')
  return {
    name: protocol.name,
    kind: 'component',
    start: offset + at,
    end: offset + end,
    valueStart: offset + length.end,
    valueEnd: offset + end,
    value: valueText(protocol.kind, bytes.subarray(length.end, end)),
    children: [],
  }
}

function unreadable(start: number, end: number, offset: number, value: string): WireNode {
  const range = {
    start: offset + start,
    end: offset + end,
    valueStart: offset + start,
    valueEnd: offset + end,
  }
  return { name: 'unreadable', kind: 'error', ...range, value, children: [] }
}

function valueText(kind: ComponentKind, bytes: Uint8Array): string {
  switch (kind) {
    case 'none':
      return ''
    case 'ip4':
      return bytes.join('.')
    case 'ip6':
      return ip6Text(bytes)
    case 'port':
      return String((bytes[0] ?? 0) * 256 + (bytes[1] ?? 0))
    case 'number':
      return String(bytes[0] ?? 0)
    case 'text':
      return printableText(bytes) ?? shortHexText(bytes)
    case 'peer-id':
      return peerIdText(bytes)
    case 'bytes':
      return shortHexText(bytes)
  }
}

/** RFC 5952: the longest run of two zero groups and more is written `::`. */
function ip6Text(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, i) =>
    hexText(bytes.subarray(2 * i, 2 * i + 2)).replace(/^0{1,3}/, ''),
  )
  const { start, length } = longestZeroRun(groups)
  if (length < 2) return groups.join(':')
  return `${groups.slice(0, start).join(':')}::${groups.slice(start + length).join(':')}`
}

function longestZeroRun(groups: string[]): { start: number; length: number } {
  let best = { start: 0, length: 0 }
  let length = 0
  for (const [i, group] of groups.entries()) {
    length = group === '0' ? length + 1 : 0
    if (length > best.length) best = { start: i + 1 - length, length }
  }
  return best
}

/** A varint below 2^28 and the offset after it; undefined when it does not end. */
function readVarint(bytes: Uint8Array, start: number): { value: number; end: number } | undefined {
  let value = 0
  for (let i = 0; i < 4; i++) {
    const byte = bytes[start + i]
    if (byte === undefined) return undefined
    value |= (byte & 0x7f) << (7 * i)
    if (byte < 0x80) return { value, end: start + i + 1 }
  }
  return undefined
}
