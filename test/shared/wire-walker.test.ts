import { readFileSync } from 'node:fs'
import { generateKeyPair, publicKeyToProtobuf } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { PeerRecord, RecordEnvelope } from '@libp2p/peer-record'
import { multiaddr } from '@multiformats/multiaddr'
import fc from 'fast-check'
import { base58btc } from 'multiformats/bases/base58'
import { describe, expect, test } from 'vitest'
import { makeIpnsRecord } from '../../src/dht/records/ipns.ts'
import { decodeMessage, encodeMessage } from '../../src/dht/wire/codec.ts'
import { frame } from '../../src/dht/wire/framing.ts'
import { MessageType } from '../../src/dht/wire/message.ts'
import { base58Text } from '../../src/shared/byte-text.ts'
import type { WireNode } from '../../src/shared/wire-node.ts'
import { walkMessage } from '../../src/shared/wire-walker.ts'
import { messages } from '../dht/wire/arbitraries.ts'

const text = (value: string) => new TextEncoder().encode(value)
const hexBytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'))

function find(node: WireNode, ...path: string[]): WireNode {
  const [name, ...rest] = path
  if (name === undefined) return node
  const child = node.children.find((each) => each.name === name)
  if (child === undefined) throw new Error(`no ${name} in ${node.children.map((each) => each.name)}`)
  return find(child, ...rest)
}

function all(node: WireNode): WireNode[] {
  return [node, ...node.children.flatMap(all)]
}

/** Made-up addresses and envelopes need not be readable; everything around them must be. */
function allButMadeUp(node: WireNode): WireNode[] {
  const isMadeUp = node.kind === 'multiaddr' || node.name === 'senderRecord' || node.name === 'signedRecord'
  return isMadeUp ? [node] : [node, ...node.children.flatMap(allButMadeUp)]
}

const isParsed = ({ kind }: WireNode) => kind === 'message' || kind === 'multiaddr'

/** Children of what was parsed lie inside it, in order, without gap or overlap. */
function expectCovering(root: WireNode): void {
  for (const node of all(root)) {
    expect(node.start).toBeLessThanOrEqual(node.valueStart)
    expect(node.valueEnd).toBe(node.end)
    if (!isParsed(node) || node.children.length === 0) continue
    const edges = [node.valueStart, ...node.children.map(({ end }) => end)]
    expect(node.children.map(({ start }) => start)).toEqual(edges.slice(0, -1))
    expect(edges.at(-1)).toBe(node.valueEnd)
  }
}

describe('walkMessage', () => {
  test('finds every field of a message at its bytes', () => {
    fc.assert(
      fc.property(messages, (message) => {
        const bytes = encodeMessage(message)
        const root = walkMessage(bytes)
        expectCovering(root)
        expect(allButMadeUp(root).filter(({ kind }) => kind === 'error' || kind === 'unknown')).toEqual([])
        const envelope = message.senderRecord ?? new Uint8Array()
        expect(envelope.length === 0 || find(root, 'senderRecord').end === bytes.length).toBe(true)
        const value = (...path: string[]) => {
          const { valueStart, valueEnd } = find(root, ...path)
          return [...bytes.subarray(valueStart, valueEnd)]
        }
        if (message.key !== undefined) expect(value('key')).toEqual([...message.key])
        for (const [i, peer] of message.closerPeers.entries()) {
          expect(value(`closerPeers[${i}]`, 'id')).toEqual([...peer.id])
          expect(find(root, `closerPeers[${i}]`, 'id').value).toBe(base58btc.baseEncode(peer.id))
          for (const [j, addr] of peer.addrs.entries()) {
            expect(value(`closerPeers[${i}]`, `addrs[${j}]`)).toEqual([...addr])
          }
        }
        expect(root.value).toBe(Object.keys(MessageType)[message.type])
      }),
    )
  })

  test('never throws, and covers every byte, whatever the input', () => {
    const damaged = fc.tuple(messages, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 5 }), fc.nat())
    const inputs = damaged.map(([message, changes, cut]) => {
      const bytes = encodeMessage(message).slice()
      for (const [at, byte] of changes) if (bytes.length > 0) bytes[at % bytes.length] = byte
      return bytes.subarray(0, bytes.length - (cut % (bytes.length + 1)))
    })
    fc.assert(
      fc.property(fc.oneof(inputs, fc.uint8Array({ maxLength: 200 })), fc.boolean(), (bytes, isFramed) => {
        expectCovering(walkMessage(bytes, { isFramed }))
      }),
      { numRuns: 3000 },
    )
  })

  test('of a message cut off it gives what can be read and an error over the rest', () => {
    const bytes = encodeMessage({ type: 4, key: text('hello'), closerPeers: [], providerPeers: [] })
    const root = walkMessage(bytes.subarray(0, bytes.length - 2))
    expect(root.children.map(({ name, kind }) => [name, kind])).toEqual([
      ['type', 'field'],
      ['unreadable', 'error'],
    ])
    expect(root.children[1]).toMatchObject({
      start: 2,
      end: bytes.length - 2,
      value: expect.stringContaining('5 bytes'),
    })
  })

  test('a damaged peer does not hide the ones after it', () => {
    const bytes = Uint8Array.from([0x08, 0x04, 0x42, 0x02, 0x0a, 0x7f, 0x42, 0x03, 0x0a, 0x01, 0x05])
    const root = walkMessage(bytes)
    expect(find(root, 'closerPeers[0]').children.map(({ kind }) => kind)).toEqual(['error'])
    expect(find(root, 'closerPeers[1]', 'id').value).toBe('05')
  })

  test('shows the length before a framed message', () => {
    const body = encodeMessage({ type: 5, closerPeers: [], providerPeers: [] })
    const root = walkMessage(frame(body), { isFramed: true })
    expect(root.children.map(({ name, start, end, value }) => [name, start, end, value])).toEqual([
      ['length', 0, 1, '2 bytes'],
      ['type', 1, 3, 'PING'],
    ])
  })

  test('an absent type is PUT_VALUE; an unknown one is said to be', () => {
    expect(walkMessage(Uint8Array.of(0x12, 0x00)).value).toBe('PUT_VALUE')
    expect(walkMessage(Uint8Array.of(0x08, 0x09)).value).toBe('9 (unknown)')
  })

  test('unknown fields, and known ones of another wire type, are shown with their bytes', () => {
    const root = walkMessage(Uint8Array.from([0xfa, 0x07, 0x02, 0xaa, 0xbb, 0x0a, 0x01, 0x05, 0x18, 0x2a]))
    expect(root.children.map(({ name, kind, value }) => [name, kind, value])).toEqual([
      ['field 127', 'unknown', 'aabb'],
      ['type', 'unknown', '05'],
      ['record', 'unknown', '42'],
    ])
  })

  test('fields past the twenty-thousandth are one node', () => {
    const bytes = new Uint8Array(200_000)
    for (let at = 0; at < bytes.length; at += 2) bytes[at] = 0x42
    const root = walkMessage(bytes)
    expect(root.children.length).toBe(20_001)
    expect(root.children.at(-1)).toMatchObject({ kind: 'error', end: bytes.length })
  })

  test('addresses are taken apart and read as the multiaddr library reads them', () => {
    const id = base58btc.baseEncode(Uint8Array.from([0x12, 0x20, ...new Uint8Array(32).fill(3)]))
    const addresses = fc.oneof(
      fc.tuple(fc.ipV4(), fc.nat(65535)).map(([ip, port]) => `/ip4/${ip}/tcp/${port}`),
      fc.tuple(fc.ipV6(), fc.nat(65535)).map(([ip, port]) => `/ip6/${ip}/udp/${port}/quic-v1`),
      fc.constantFrom(
        '/dns4/example.org/tcp/443/wss',
        '/dnsaddr/bootstrap.example.org',
        `/ip4/1.2.3.4/tcp/1/p2p/${id}/p2p-circuit`,
        '/dns/example.org/tcp/443/tls/sni/example.org/ws',
        '/ip4/1.2.3.4/udp/9/webrtc-direct',
      ),
    )
    fc.assert(
      fc.property(addresses, (address) => {
        const binary = multiaddr(address)
        const bytes = encodeMessage({
          type: 4,
          closerPeers: [{ id: Uint8Array.from([0x12, 0x01, 9]), addrs: [binary.bytes], connection: 0 }],
          providerPeers: [],
        })
        const node = find(walkMessage(bytes), 'closerPeers[0]', 'addrs[0]')
        expect(node.value).toBe(multiaddr(binary.bytes).toString())
        expect(node.children.map(({ name }) => name)).toEqual(binary.getComponents().map(({ name }) => name))
      }),
    )
  })

  test('a signed peer record is opened down to its addresses', async () => {
    const privateKey = await generateKeyPair('Ed25519')
    const peerId = peerIdFromPrivateKey(privateKey)
    const multiaddrs = [multiaddr('/ip4/1.2.3.4/tcp/4001')]
    const envelope = await RecordEnvelope.seal(
      new PeerRecord({ peerId, multiaddrs, seqNumber: 77n }),
      privateKey,
    )
    const senderRecord = new Uint8Array(envelope.marshal())
    const root = walkMessage(encodeMessage({ type: 4, closerPeers: [], providerPeers: [], senderRecord }))
    expect(find(root, 'senderRecord', 'publicKey', 'type').value).toBe('Ed25519')
    expect(find(root, 'senderRecord', 'payloadType').value).toBe('libp2p-peer-record')
    const payload = find(root, 'senderRecord', 'payload')
    expect(find(payload, 'peerId').value).toBe(peerId.toString())
    expect(find(payload, 'seq').value).toBe('77')
    expect(find(payload, 'addresses[0]', 'multiaddr').value).toBe('/ip4/1.2.3.4/tcp/4001')
  })

  test('IPNS records and public keys are opened by their record’s key', async () => {
    const privateKey = await generateKeyPair('Ed25519')
    const id = privateKey.publicKey.toMultihash().bytes
    const value = await makeIpnsRecord(privateKey, '/ipfs/bafkqaaa', {
      sequence: 9n,
      expiresAtMs: Date.UTC(2030, 0, 1),
    })
    const walkRecord = (prefix: string, content: Uint8Array) => {
      const key = Uint8Array.from([...text(prefix), ...id])
      const record = { key, value: content, timeReceived: '' }
      return find(
        walkMessage(encodeMessage({ type: 0, key, record, closerPeers: [], providerPeers: [] })),
        'record',
      )
    }
    const ipns = walkRecord('/ipns/', value)
    expect(find(ipns, 'key').value).toBe(`/ipns/${peerIdFromPrivateKey(privateKey)}`)
    expect(find(ipns, 'value', 'sequence').value).toBe('9')
    expect(find(ipns, 'value', 'value').value).toBe('/ipfs/bafkqaaa')
    const pk = walkRecord('/pk/', publicKeyToProtobuf(privateKey.publicKey))
    expect(find(pk, 'value', 'type').value).toBe('Ed25519')
  })

  test.each(['go', 'js', 'rust', 'py'])('reads every recorded frame of %s without an error', (name) => {
    const lines = readFileSync(new URL(`../vectors/${name}.jsonl`, import.meta.url), 'utf8')
      .trim()
      .split('\n')
    for (const line of lines) {
      const { request_hex: request, response_hex: response } = JSON.parse(line)
      for (const hex of [request, response]) {
        if (typeof hex !== 'string' || hex === '') continue
        const root = walkMessage(hexBytes(hex), { isFramed: true })
        expectCovering(root)
        expect(all(root).filter(({ kind }) => kind === 'error' || kind === 'unknown')).toEqual([])
        const peers = root.children.filter((node) => node.name.startsWith('closerPeers'))
        const length = root.children[0]?.end ?? 0
        expect(peers).toHaveLength(decodeMessage(hexBytes(hex).subarray(length)).message.closerPeers.length)
      }
    }
  })
})

test('base58Text writes what the multiformats library writes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      expect(base58Text(bytes)).toBe(base58btc.baseEncode(bytes))
    }),
  )
})
