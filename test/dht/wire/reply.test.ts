import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { peerFromBytes } from '../../../src/dht/peer.ts'
import { decodePeer, encodeMessage, encodePeer, encodeRecord } from '../../../src/dht/wire/codec.ts'
import { encodeReply, PeerEntries, replySize } from '../../../src/dht/wire/reply.ts'
import { messages, wirePeers } from './arbitraries.ts'

describe('encodeReply', () => {
  test('gives the bytes encodeMessage gives', () => {
    fc.assert(
      fc.property(messages, ({ record, ...rest }) => {
        const parts = {
          ...rest,
          ...(record !== undefined && { record: encodeRecord(record) }),
          closerPeers: rest.closerPeers.map(encodePeer),
          providerPeers: rest.providerPeers.map(encodePeer),
        }
        const expected = encodeMessage({ ...rest, ...(record !== undefined && { record }) })
        expect(Buffer.from(encodeReply(parts)).toString('hex')).toBe(Buffer.from(expected).toString('hex'))
        expect(replySize(parts)).toBe(expected.length)
      }),
    )
  })
})

describe('PeerEntries', () => {
  test('encodes a peer once and leaves out what the filter refuses', () => {
    fc.assert(
      fc.property(wirePeers, (entry) => {
        const peer = peerFromBytes(entry.id, entry.addrs)
        const isEven = (addr: Uint8Array) => (addr[0] ?? 0) % 2 === 0
        const entries = new PeerEntries(isEven)
        const encoded = entries.of(peer)
        expect(entries.of(peer)).toBe(encoded)
        expect(decodePeer(encoded.bytes).addrs).toEqual(entry.addrs.filter(isEven))
        expect(encoded.isDialable).toBe(entry.addrs.some(isEven))
      }),
    )
  })
})
