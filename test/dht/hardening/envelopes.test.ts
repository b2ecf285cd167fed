// Signed peer records that come with a request (docs/protocol.md §7 and §8, 24).
import { generateKeyPair } from '@libp2p/crypto/keys'
import type { PrivateKey } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { PeerRecord, RecordEnvelope } from '@libp2p/peer-record'
import { multiaddr } from '@multiformats/multiaddr'
import { expect, test } from 'vitest'
import { message } from '../rpc/server-world.ts'
import { HardenedServer } from './hardened-server.ts'

interface Deviation {
  domain?: string
  codec?: Uint8Array<ArrayBuffer>
  signer?: PrivateKey
  seqNumber?: bigint
}

/** The peer's record in an envelope, honest but for the deviation. */
async function seal(privateKey: PrivateKey, deviation: Deviation = {}): Promise<Uint8Array> {
  const { domain, codec, signer = privateKey, seqNumber = 5n } = deviation
  const peerId = peerIdFromPrivateKey(privateKey)
  const record = new PeerRecord({ peerId, multiaddrs: [multiaddr('/ip4/1.1.1.1/tcp/4001')], seqNumber })
  if (domain !== undefined) record.domain = domain
  if (codec !== undefined) record.codec = codec
  return (await RecordEnvelope.seal(record, signer)).marshal()
}

const other = await generateKeyPair('Ed25519')

test.each<[string, Deviation]>([
  ['of another domain', { domain: 'libp2p-something-else' }],
  ['of another payload type', { codec: Uint8Array.of(0x03, 0x02) }],
  ['signed by somebody else', { signer: other }],
  ['with an older number than the one held', { seqNumber: 4n }],
])('§8.24 an envelope %s resets the request; the honest one before it was taken', async (_, deviation) => {
  await using server = await HardenedServer.start()
  const privateKey = await generateKeyPair('Ed25519')
  const client = await server.client(privateKey)
  expect(await client.ask(message('PING', { senderRecord: await seal(privateKey) }))).not.toBe('reset')
  expect(await client.ask(message('PING', { senderRecord: await seal(privateKey, deviation) }))).toBe('reset')
})

test('§8.24 another peer’s honest envelope resets the request, and so does one with a changed byte', async () => {
  await using server = await HardenedServer.start()
  const privateKey = await generateKeyPair('Ed25519')
  const client = await server.client(privateKey)
  expect(await client.ask(message('PING', { senderRecord: await seal(other) }))).toBe('reset')
  const damaged = await seal(privateKey)
  damaged[damaged.length - 1] = (damaged.at(-1) ?? 0) ^ 1
  expect(await client.ask(message('PING', { senderRecord: damaged }))).toBe('reset')
})
