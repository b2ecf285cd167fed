import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  decodeMessage,
  decodePeer,
  decodeRecord,
  encodeMessage,
  encodePeer,
  encodeRecord,
} from '../../../src/dht/wire/codec.ts'
import { Message, Peer } from '../../../src/dht/wire/dht.ts'
import { MalformedMessageError } from '../../../src/dht/wire/malformed-message-error.ts'
import { MessageType } from '../../../src/dht/wire/message.ts'
import { messages, multihashes, records, wirePeers } from './arbitraries.ts'

/** Plain Uint8Arrays throughout, so that two values compare by content. */
function plain<T>(value: T): T {
  return structuredClone(value, {})
}

function outcome(bytes: Uint8Array): 'decoded' | 'malformed' {
  try {
    decodeMessage(bytes)
    return 'decoded'
  } catch (error) {
    if (error instanceof MalformedMessageError) return 'malformed'
    throw error
  }
}

describe('codec', () => {
  test('a message survives encoding and decoding', () => {
    fc.assert(
      fc.property(messages, (message) => {
        const bytes = encodeMessage(message)
        if (bytes.length === 0) return
        expect(plain(decodeMessage(bytes))).toEqual({ message, dropped: 0 })
      }),
    )
  })

  test('a peer entry and a record survive too', () => {
    fc.assert(fc.property(wirePeers, (peer) => void expect(decodePeer(encodePeer(peer))).toEqual(peer)))
    fc.assert(
      fc.property(records, (record) => void expect(decodeRecord(encodeRecord(record))).toEqual(record)),
    )
  })

  test('§8.7 random bytes give a message or MalformedMessageError, nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(['decoded', 'malformed']).toContain(outcome(bytes))
      }),
      { numRuns: 5000 },
    )
  })

  test('§8.7 mutated and cut messages give a message or MalformedMessageError, nothing else', () => {
    const mutation = fc.tuple(fc.nat(), fc.nat(255))
    fc.assert(
      fc.property(messages, fc.array(mutation, { maxLength: 6 }), fc.nat(), (message, mutations, cut) => {
        const bytes = encodeMessage(message).slice()
        for (const [at, value] of mutations) if (bytes.length > 0) bytes[at % bytes.length] = value
        expect(['decoded', 'malformed']).toContain(outcome(bytes.subarray(0, cut % (bytes.length + 1))))
      }),
      { numRuns: 3000 },
    )
  })

  test('groups nested a million deep end as malformed', () => {
    expect(outcome(new Uint8Array(1_000_000).fill(0x63))).toBe('malformed')
  })

  test('an empty message is malformed', () => {
    expect(outcome(new Uint8Array())).toBe('malformed')
  })

  test('an unknown message type is malformed', () => {
    expect(outcome(Message.encode({ type: 6 }))).toBe('malformed')
    expect(() => decodeMessage(Message.encode({ type: 77 }))).toThrow(/type 77/)
  })

  test('a damaged peer costs that peer and not the message', () => {
    fc.assert(
      fc.property(wirePeers, wirePeers, (first, last) => {
        const truncated = Uint8Array.from([0x0a, 0x7f, 1, 2, 3])
        const bytes = Message.encode({
          type: MessageType.FIND_NODE,
          closerPeers: [encodePeer(first), truncated, new Uint8Array(), encodePeer(last)].map((entry) =>
            entry.slice(),
          ),
        })
        const { message, dropped } = decodeMessage(bytes)
        expect(message.closerPeers).toEqual([first, last])
        expect(dropped).toBe(2)
      }),
    )
  })

  test('a damaged record costs the record and not the message', () => {
    const { message, dropped } = decodeMessage(
      Message.encode({ type: 1, key: Uint8Array.of(1), record: Uint8Array.from([0x0a, 0xff]) }),
    )
    expect(message.record).toBeUndefined()
    expect(message.key).toEqual(Uint8Array.of(1))
    expect(dropped).toBe(1)
  })

  test('an unknown connection type becomes NOT_CONNECTED', () => {
    fc.assert(
      fc.property(multihashes, fc.integer({ min: 4, max: 2 ** 32 - 1 }), (id, connection) => {
        const entry = Peer.encode({ id: id.slice(), connection })
        expect(decodePeer(entry).connection).toBe(0)
      }),
    )
  })

  test('a peer whose id is no multihash is dropped', () => {
    fc.assert(
      fc.property(multihashes, fc.uint8Array({ minLength: 1, maxLength: 3 }), (id, tail) => {
        const wrong = Uint8Array.from([...id, ...tail])
        expect(() => decodePeer(Peer.encode({ id: wrong }))).toThrow(MalformedMessageError)
      }),
    )
  })

  test('§8.17 at most 16 addresses and 8 KiB of them are kept of a peer', () => {
    const id = Uint8Array.from([0x12, 0x20, ...new Uint8Array(32)])
    const many = Array.from({ length: 40 }, () => new Uint8Array(10).fill(4))
    expect(decodePeer(Peer.encode({ id, addrs: many })).addrs).toHaveLength(16)
    const long = Array.from({ length: 10 }, () => new Uint8Array(2000).fill(4))
    expect(decodePeer(Peer.encode({ id, addrs: long })).addrs).toHaveLength(4)
  })

  test('entries past the limit are counted, not read', () => {
    const entry = encodePeer({
      id: Uint8Array.from([0x12, 0x20, ...new Uint8Array(32)]),
      addrs: [],
      connection: 0,
    })
    const bytes = Message.encode({ type: 4, closerPeers: Array.from({ length: 50 }, () => entry.slice()) })
    const { message, dropped } = decodeMessage(bytes, 20)
    expect(message.closerPeers).toHaveLength(20)
    expect(dropped).toBe(30)
  })

  test('a list of two million entries is malformed, quickly', () => {
    const bytes = new Uint8Array(4 * 1024 * 1024)
    for (let at = 0; at < bytes.length; at += 2) bytes[at] = 0x42
    expect(outcome(bytes)).toBe('malformed')
  })

  test('what is decoded shares no memory with the frame', () => {
    fc.assert(
      fc.property(messages, (message) => {
        const bytes = Buffer.from(encodeMessage(message))
        if (bytes.length === 0) return
        const decoded = decodeMessage(bytes)
        bytes.fill(0xff)
        expect(plain(decoded.message)).toEqual(message)
      }),
    )
  })

  test('fields nobody knows are skipped', () => {
    const known = encodeMessage({ type: 4, key: Uint8Array.of(9), closerPeers: [], providerPeers: [] })
    const unknown = Uint8Array.from([0xfa, 0x07, 0x02, 0xaa, 0xbb])
    expect(decodeMessage(Uint8Array.from([...unknown, ...known])).message.key).toEqual(Uint8Array.of(9))
  })
})
