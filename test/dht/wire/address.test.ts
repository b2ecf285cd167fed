import { multiaddr } from '@multiformats/multiaddr'
import fc from 'fast-check'
import { base58btc } from 'multiformats/bases/base58'
import { describe, expect, test } from 'vitest'
import { normalizeAddress, peerFromWire } from '../../../src/dht/wire/address.ts'
import { multihashes } from './arbitraries.ts'

const hosts = fc.oneof(
  fc.ipV4().map((ip) => `/ip4/${ip}/tcp/4001`),
  fc.ipV6().map((ip) => `/ip6/${ip}/udp/4001/quic-v1`),
  fc.constant('/dns4/example.org/tcp/443/wss'),
)
const others = Uint8Array.from([0x12, 0x20, ...new Uint8Array(32).fill(7)])

describe('normalizeAddress', () => {
  test('cuts off the peer’s own id, as rust-libp2p appends it', () => {
    fc.assert(
      fc.property(hosts, multihashes, (host, id) => {
        const plain = multiaddr(host).bytes
        const full = multiaddr(`${host}/p2p/${base58btc.baseEncode(id)}`).bytes
        expect(Buffer.from(normalizeAddress(full, id) ?? [])).toEqual(Buffer.from(plain))
        expect(Buffer.from(normalizeAddress(plain, id) ?? [])).toEqual(Buffer.from(plain))
      }),
    )
  })

  test('drops an address of another peer', () => {
    fc.assert(
      fc.property(hosts, multihashes, (host, id) => {
        const foreign = multiaddr(`${host}/p2p/${base58btc.baseEncode(others)}`).bytes
        expect(normalizeAddress(foreign, id)).toBeUndefined()
      }),
    )
  })

  test('keeps the relay of a circuit address', () => {
    const relayed = multiaddr(`/ip4/1.2.3.4/tcp/1/p2p/${base58btc.baseEncode(others)}/p2p-circuit`).bytes
    expect(normalizeAddress(relayed, Uint8Array.from([0x12, 0x20, ...new Uint8Array(32)]))).toEqual(relayed)
  })

  test('random bytes never throw, and survive only as part of themselves', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), multihashes, (bytes, id) => {
        const kept = normalizeAddress(bytes, id)
        if (kept !== undefined) expect(kept).toEqual(bytes.subarray(0, kept.length))
      }),
      { numRuns: 2000 },
    )
  })

  test('peerFromWire applies the filter', () => {
    const addrs = ['/ip4/1.2.3.4/tcp/1', '/ip4/10.0.0.1/tcp/1'].map((text) => multiaddr(text).bytes)
    const peer = peerFromWire({ id: others, addrs, connection: 0 }, (addr) => addr[1] !== 10)
    expect(peer.addrs).toEqual([addrs[0]])
    expect(peer.bytes).toEqual(others)
  })
})
