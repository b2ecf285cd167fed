import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { expect, test } from 'vitest'
import { acceptAllAddresses } from '../../src/dht/address-filter.ts'
import { peerFromInfo } from '../../src/dht/peer.ts'
import { openSignedPeerRecord, PeerRecords } from '../../src/dht/signed-peer-record.ts'
import { VirtualClock } from '../../src/sim/virtual-clock.ts'
import { makeHost } from './loopback.ts'

test('our record is newer at every later time, so that none sent by identify meanwhile outdates it', async () => {
  const privateKey = await generateKeyPair('Ed25519')
  const peerId = peerIdFromPrivateKey(privateKey)
  const clock = new VirtualClock()
  const host = await makeHost({ privateKey })
  const self = peerFromInfo({ id: peerId, multiaddrs: [multiaddr('/ip4/127.0.0.1/tcp/4001')] })
  const records = new PeerRecords({
    host,
    clock,
    privateKey,
    addressFilter: acceptAllAddresses,
    self: () => self,
  })
  const first = await records.own()
  expect(await records.own()).toBe(first)
  await clock.advance(1)
  const second = await records.own()
  const seqs = await Promise.all(
    [first, second].map(
      async (envelope = new Uint8Array()) => (await openSignedPeerRecord(envelope, peerId))?.seq,
    ),
  )
  expect(seqs[1]).toBe((seqs[0] ?? 0n) + 1n)
  await host.stop()
})
