import fc from 'fast-check'
import type { KadRecord, RpcMessage, WirePeer } from '../../../src/dht/wire/message.ts'

const bytes = (maxLength: number, minLength = 0) => fc.uint8Array({ minLength, maxLength })

/** A sha2-256 multihash, as RSA peer ids are. */
export const multihashes: fc.Arbitrary<Uint8Array> = bytes(32, 32).map((digest) =>
  Uint8Array.from([0x12, 0x20, ...digest]),
)

export const wirePeers: fc.Arbitrary<WirePeer> = fc.record(
  {
    id: multihashes,
    addrs: fc.array(bytes(40, 1), { maxLength: 16 }),
    connection: fc.nat(3),
    signedRecord: bytes(100),
  },
  { requiredKeys: ['id', 'addrs', 'connection'] },
)

export const records: fc.Arbitrary<KadRecord> = fc.record(
  {
    key: bytes(60),
    value: bytes(200),
    timeReceived: fc.string({ maxLength: 40, unit: 'grapheme-ascii' }),
    author: bytes(40),
    signature: bytes(64),
    publisher: bytes(40),
    ttlSeconds: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
  },
  { requiredKeys: ['key', 'value', 'timeReceived'] },
)

const types = fc.constantFrom(0 as const, 1 as const, 2 as const, 3 as const, 4 as const, 5 as const)

export const messages: fc.Arbitrary<RpcMessage> = fc.record(
  {
    type: types,
    key: bytes(80),
    record: records,
    closerPeers: fc.array(wirePeers, { maxLength: 8 }),
    providerPeers: fc.array(wirePeers, { maxLength: 8 }),
    senderRecord: bytes(200),
  },
  { requiredKeys: ['type', 'closerPeers', 'providerPeers'] },
)
