import { randomBytes } from 'node:crypto'
import { multiaddr } from '@multiformats/multiaddr'
import { sha256 } from '@noble/hashes/sha2.js'
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest'
import {
  compareDistance,
  MessageType,
  type Peer,
  type RpcMessage,
  toPeerInfo,
} from '../../../src/dht/index.ts'
import { RequestError } from '../../../src/dht/network.ts'
import { findNode } from '../../../src/dht/operations/closest-peers.ts'
import { differences } from './differences.ts'
import { firstReply } from './first-reply.ts'
import { type ImplementationName, implementations } from './implementations.ts'
import { MixedNetwork, type OurNode } from './mixed-network.ts'
import { toHex } from './peer-process.ts'
import { damaged, newContentKey, newIpnsRecords, newRecord, type TestRecord } from './records.ts'

/** How long what happens by itself may take. */
const MEETING = { timeout: 60_000, interval: 50 }

/** Tests our nodes against those of another implementation: ours as clients of theirs, and the other way round. */
export function testBothDirections(name: ImplementationName): void {
  const availability = inject('peers')[name]
  const title = implementations.find((implementation) => implementation.name === name)?.title ?? name
  const reason = 'reason' in availability ? availability.reason : undefined
  const run = 'run' in availability ? availability.run : []
  const known = differences[name]

  describe.skipIf(reason !== undefined)(reason === undefined ? title : `${title} (${reason})`, () => {
    let network: MixedNetwork

    beforeAll(async () => {
      network = await MixedNetwork.start(run)
    })

    afterAll(() => network?.[Symbol.asyncDispose]())

    test('we find all peers through theirs, nearest first', async () => {
      const key = new Uint8Array(randomBytes(32))
      const everybody = nearestFirst(key, [...network.behindDoors, network.theirDoor.peer])
      // On a busy machine the first connections may take longer than a lookup waits for the slow.
      await vi.waitFor(async () => {
        const { peers } = await network.client.dht.operations.closestPeers(key).result
        expect(idsOf(peers)).toEqual(idsOf(everybody))
      }, MEETING)
    })

    test('they find all peers through ours', async () => {
      const key = new Uint8Array(randomBytes(32))
      const everybody = nearestFirst(key, [...network.behindDoors, network.ourDoor.peer])
      const [found = []] = await network.programs.lookups(network.ourDoor.address, [key])
      const expected = known.asksEverybody ? everybody : until(network.ourDoor.peer, everybody)
      // rust's door looks itself up at the start, and so those behind it may have met it.
      const met = found.filter((id) => id !== network.theirDoor.peer.id)
      const servers = known.namesClients ? met.filter((id) => idsOf(everybody).includes(id)) : met
      expect(servers).toEqual(expect.arrayContaining(idsOf(expected)))
      expect(servers).toEqual(idsOf(everybody).filter((id) => servers.includes(id)))
    })

    test('we find a peer of theirs by its id', async () => {
      const [{ peer }] = network.theirs
      const { operations } = network.client.dht
      const found = await operations.findPeer(peer.bytes, { skipLocal: true }).result
      expect(found.isVerified).toBe(true)
      expect(addressesOf(found.peer)).toEqual(addressesOf(peer))
    })

    test('they find a peer of ours by its id', async () => {
      const [{ peer }] = network.ours
      const { ok, addrs = [] } = await network.programs.op(network.ourDoor.address, '--find-peer', peer.id)
      expect(ok).toBe(true)
      const withoutId = addrs.map((text) => String(multiaddr(text).decapsulateCode(421)))
      expect([...new Set(withoutId)]).toEqual(addressesOf(peer))
    })

    test.each(known.namespaces)('they take the /%s record we put, and get it from us', async (namespace) => {
      const record = await newRecord(namespace)
      const { stored, of } = await network.client.dht.operations.putValue(record.key, record.value).result
      expect({ stored, of }).toEqual({ stored: 5, of: 5 })
      for (const server of [...network.theirs, network.theirDoor]) {
        expect((await heldBy(server.peer, record))?.value).toEqual(record.value)
      }
      const got = await network.programs.op(network.ours[0].address, '--get', record.keyText)
      expect(got).toMatchObject({ ok: true, value: toHex(record.value) })
    })

    test.each(known.namespaces)(
      'we take the /%s record they put, and get it from them',
      async (namespace) => {
        const record = await newRecord(namespace)
        expect(await put(network.ours[0], record)).toMatchObject({ ok: true })
        expect((await storedAt(network.ours[0], record))?.value).toEqual(record.value)
        expect((await network.programs.op(network.theirs[0].address, ...putArguments(record))).ok).toBe(true)
        expect((await heldBy(network.theirs[0].peer, record))?.value).toEqual(record.value)
        const { value } = await network.client.dht.operations.getValue(record.key).result
        expect(value).toEqual(record.value)
      },
    )

    for (const namespace of known.textNamespaces) {
      test(`they refuse the /${namespace} record we put under its canonical key`, async () => {
        const { key, value } = await newRecord(namespace)
        const { peers } = await network.client.dht.operations.putValue(key, value).result
        const refused = peers.filter(({ ok }) => !ok)
        const theirs = [...network.theirs, network.theirDoor].map(({ peer }) => peer.id)
        expect(refused.map(({ peer }) => peer.id).toSorted()).toEqual(theirs.toSorted())
        expect(new Set(refused.map(({ failure }) => failure))).toEqual(new Set(['reset']))
      })

      test(`we refuse the /${namespace} record they put under a name in hexadecimal text`, async () => {
        const record = await newRecord(namespace)
        const reply = await ask(network.theirs[0].peer, putMessage(textKey(record), withTextKey(record)))
        expect(reply?.record?.value).toEqual(record.value)
        await put(network.ours[0], record)
        expect(await storedAt(network.ours[0], record)).toBeUndefined()
        expect(await storedAt(network.ours[0], withTextKey(record))).toBeUndefined()
      })
    }

    test.runIf(known.namespaces.includes('ipns'))(
      'newer IPNS records replace older ones everywhere',
      async () => {
        const { older, newer } = await newIpnsRecords()
        await network.client.dht.operations.putValue(older.key, older.value).result
        const { stored } = await network.client.dht.operations.putValue(newer.key, newer.value).result
        expect(stored).toBe(5)
        expect((await heldBy(network.theirs[0].peer, newer))?.value).toEqual(newer.value)
        await put(network.ours[0], older)
        expect((await storedAt(network.ours[0], newer))?.value).toEqual(newer.value)
      },
    )

    test('they find what we provide', async () => {
      const key = await newContentKey()
      expect(await network.client.dht.operations.provide(key).result).toMatchObject({ of: 5 })
      // Asked by another than the provider: rust leaves whoever asks out of its replies.
      for (const { peer } of [...network.theirs, network.theirDoor]) {
        const reply = await ask(peer, { type: MessageType.GET_PROVIDERS, key }, network.ourDoor)
        expect(reply?.providerPeers.map(({ id }) => toHex(id))).toEqual([toHex(network.client.peer.bytes)])
        expect(reply?.providerPeers[0]?.addrs.length).toBeGreaterThan(0)
      }
      const found = await network.programs.op(network.ours[0].address, '--find-providers', toHex(key))
      expect([...new Set(found.providers)]).toEqual([network.client.peer.id])
    })

    test('we find what they provide', async () => {
      const key = await newContentKey()
      const { ok, peerId } = await network.programs.op(network.ours[0].address, '--provide', toHex(key))
      expect(ok).toBe(true)
      // Nobody acknowledges it to them: it may still be on its way.
      await vi.waitFor(async () => {
        const reply = await ask(network.ours[0].peer, { type: MessageType.GET_PROVIDERS, key })
        expect(reply?.providerPeers.length).toBe(1)
      }, MEETING)
      const again = await network.programs.op(network.theirs[0].address, '--provide', toHex(key))
      const { providers } = await network.client.dht.operations.findProviders(key).result
      expect(providers.map(({ peer }) => peer.id)).toContain(again.peerId)
      expect(peerId).not.toBe(again.peerId)
    })

    test('a damaged record does not get into our stores', async () => {
      const record = damaged(await newRecord('pk'))
      // Not all of them say that nobody took it.
      await put(network.ours[0], record)
      expect(await storedAt(network.ours[0], record)).toBeUndefined()
    })

    test.runIf(known.namespaces.includes('pk'))(
      `a damaged record ${known.validates ? 'does not get' : 'gets'} into theirs`,
      async () => {
        const record = damaged(await newRecord('pk'))
        const reply = await ask(network.theirs[0].peer, putMessage(record.key, record))
        expect(reply?.record === undefined).toBe(known.validates)
        expect((await heldBy(network.theirs[0].peer, record)) === undefined).toBe(known.validates)
      },
    )

    test.runIf(known.namespaces.includes('ipns'))(
      `an older record ${known.keepsNewer ? 'does not replace' : 'replaces'} a newer at theirs`,
      async () => {
        const { older, newer } = await newIpnsRecords()
        await ask(network.theirs[0].peer, putMessage(newer.key, newer))
        await ask(network.theirs[0].peer, putMessage(older.key, older))
        const held = await heldBy(network.theirs[0].peer, newer)
        expect(held?.value).toEqual(known.keepsNewer ? newer.value : older.value)
      },
    )

    test(`a record of another key is ${known.takesOtherKey ? 'taken' : 'refused'} by them`, async () => {
      const record = await newRecord('v')
      const other = await newRecord('v')
      const reply = await ask(network.theirs[0].peer, putMessage(other.key, record))
      expect(reply?.record !== undefined).toBe(known.takesOtherKey)
    })

    test(`they ${known.answersPing ? 'answer' : 'do not answer'} PING`, async () => {
      const reply = await ask(network.theirs[0].peer, { type: MessageType.PING })
      expect(reply?.type).toBe(known.answersPing ? MessageType.PING : undefined)
    })

    test(`they ${known.repeatsKey ? 'repeat' : 'leave out'} the key when asked for a value`, async () => {
      const { key } = await newRecord('v')
      const reply = await ask(network.theirs[0].peer, { type: MessageType.GET_VALUE, key })
      expect(reply).toBeDefined()
      expect(reply?.key).toEqual(known.repeatsKey ? key : undefined)
    })

    test(`they ${known.acknowledgesProvider ? 'answer' : 'do not answer'} ADD_PROVIDER`, async () => {
      const { bytes: id, addrs } = network.client.peer
      const providerPeers = [{ id, addrs: [...addrs], connection: 0 }]
      const provide = {
        type: MessageType.ADD_PROVIDER,
        key: await newContentKey(),
        closerPeers: [],
        providerPeers,
      }
      // On one stream the reply to the first request comes first, if there is one.
      const first = await firstReply(network.client, network.theirs[0].address, [provide, findNode(id)])
      expect(first.type).toBe(known.acknowledgesProvider ? MessageType.ADD_PROVIDER : MessageType.FIND_NODE)
    })

    test(`the addresses they give ${known.appendsPeerId ? 'end' : 'do not end'} in a peer id`, async () => {
      const key = network.ours[0].peer.bytes
      const reply = await ask(network.theirDoor.peer, { type: MessageType.FIND_NODE, key })
      const named = reply?.closerPeers.find(({ id }) => toHex(id) === toHex(key))
      const ends = named?.addrs.map((address) => multiaddr(address).getComponents().at(-1)?.name)
      expect(ends).toEqual([known.appendsPeerId ? 'p2p' : 'tcp'])
    })

    const put = (at: OurNode, record: TestRecord) => network.programs.op(at.address, ...putArguments(record))

    /** What a server of theirs holds under the record's key. */
    const heldBy = async (peer: Peer, { key }: TestRecord) =>
      (await ask(peer, { type: MessageType.GET_VALUE, key }))?.record

    /** One request, of our client if of nobody else; undefined when the other side ended without a reply. */
    const ask = async (
      peer: Peer,
      message: Pick<RpcMessage, 'type'> & Partial<RpcMessage>,
      { dht }: OurNode = network.client,
    ) => {
      try {
        const whole = { closerPeers: [], providerPeers: [], ...message }
        return (await dht.request(peer, whole)).reply
      } catch (error) {
        if (error instanceof RequestError && error.failure === 'reset') return undefined
        throw error
      }
    }
  })
}

function putArguments({ keyText, value }: TestRecord): string[] {
  return ['--put', keyText, toHex(value)]
}

/** The key as its text: what py-libp2p makes of it. */
function textKey({ keyText }: TestRecord): Uint8Array {
  return new TextEncoder().encode(keyText)
}

function withTextKey(record: TestRecord): TestRecord {
  return { ...record, key: textKey(record) }
}

function putMessage(key: Uint8Array, record: TestRecord) {
  return {
    type: MessageType.PUT_VALUE,
    key,
    record: { key: record.key, value: record.value, timeReceived: new Date().toISOString() },
  }
}

function storedAt({ dht }: OurNode, { key }: TestRecord) {
  return dht.valueStore.get(key)
}

function addressesOf(peer: Peer | undefined): string[] {
  return peer === undefined ? [] : toPeerInfo(peer).multiaddrs.map(String)
}

function idsOf(peers: readonly Peer[]): string[] {
  return peers.map(({ id }) => id)
}

/** Those up to and with one. */
function until(last: Peer, peers: readonly Peer[]): Peer[] {
  return peers.slice(0, peers.indexOf(last) + 1)
}

/** In order of their distance to sha256 of `key`. */
function nearestFirst(key: Uint8Array, peers: readonly Peer[]): Peer[] {
  const target = sha256(key)
  return peers.toSorted((a, b) => compareDistance(a.key, b.key, target))
}
