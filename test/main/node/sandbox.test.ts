import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { sandboxNetwork } from '../../../src/main/node/networks.ts'
import { type Sandbox, SandboxError, startSandbox } from '../../../src/main/node/sandbox.ts'
import { SandboxSwarm } from '../../../src/main/node/sandbox-swarm.ts'
import { startNode, stopNodes, tableOf } from './loopback-nodes.ts'

const workerUrl = new URL('../../../src/main/node/sandbox-worker.ts', import.meta.url)
const SIZE = 12
const bytes = (text: string) => new TextEncoder().encode(text)

let sandbox: Sandbox
const progress: [number, number][] = []

beforeAll(async () => {
  sandbox = await startSandbox({ size: SIZE, workerUrl, onProgress: (up, of) => progress.push([up, of]) })
})
afterEach(stopNodes)
afterAll(() => sandbox.stop())

const join = () => startNode(sandboxNetwork, { bootstrap: sandbox.bootstrap })

describe('the Sandbox', () => {
  test('can be joined at four nodes, and says how far it is', async () => {
    expect(sandbox.bootstrap).toHaveLength(4)
    await sandbox.joined
    expect(progress).toEqual(Array.from({ length: SIZE }, (_, i) => [i + 1, SIZE]))
  })

  test('a node that joins fills its table, and finds what was published', async () => {
    const { recordKeys, cids } = await sandbox.joined
    const { dht } = await join()
    await tableOf(dht, 5)
    expect(recordKeys).toHaveLength(1)
    for (const key of recordKeys) expect(await dht.getValue(key)).toBeInstanceOf(Uint8Array)
    for (const cid of cids) expect((await dht.findProviders(cid)).length).toBeGreaterThan(0)
  })

  test('its nodes keep anything in a namespace of somebody’s own, and check /pk', async () => {
    await sandbox.joined
    const [writer, reader] = [await join(), await join()]
    for (const { dht } of [writer, reader]) {
      dht.registerValidator('note', { validate: () => {}, select: () => 0 })
      dht.setNamespaceValidator('pk', { validate: () => {}, select: () => 0 })
      await tableOf(dht, 5)
    }
    // Of the k = 5 nearest the reader may be one.
    expect((await writer.dht.putValue('/note/a', bytes('hello'))).stored).toBeGreaterThanOrEqual(4)
    expect(await reader.dht.getValue('/note/a')).toEqual(bytes('hello'))
    const forged = await writer.dht.putValue(`/pk/${writer.dht.self.id}`, bytes('forged'))
    const keepers = forged.peers.filter(({ ok, peer }) => ok && peer.id !== reader.dht.self.id)
    expect(keepers).toEqual([])
  })

  test('nodes can be added and killed', async () => {
    await sandbox.joined
    const added = await sandbox.addNode()
    expect(added.address).toMatch(new RegExp(`^/ip4/127\\.0\\.0\\.1/tcp/\\d+/p2p/${added.id}$`))
    const { dht } = await startNode(sandboxNetwork, { bootstrap: [added.address] })
    await tableOf(dht, 1)
    expect(await sandbox.killNode(added.id)).toEqual(added)
    expect(await sandbox.killNode(added.id)).toBeUndefined()
    expect(await sandbox.killNode()).toBeDefined()
  })

  test('after its stop everything asked of it is refused, and nothing is waited for in vain', async () => {
    const growing = await startSandbox({ size: 200, workerUrl })
    await growing.stop()
    await expect(growing.joined).rejects.toThrow('The Sandbox was stopped.')
    await expect(growing.addNode()).rejects.toThrow(SandboxError)
    await growing.stop()
  })
})

describe('its swarm', () => {
  const idsOf = async (seed: string) => {
    const swarm = new SandboxSwarm({ size: 2, seed })
    await swarm.begin()
    const ids = swarm.nodes.map(({ id }) => id)
    await swarm.stop()
    return ids
  }

  test('has the same peers at each start, of another seed others', async () => {
    expect(await idsOf('a')).toEqual(await idsOf('a'))
    expect(await idsOf('b')).not.toEqual(await idsOf('a'))
  })
})

test('a worker that cannot be loaded is an error', async () => {
  await expect(startSandbox({ workerUrl: new URL('file:///no/such/worker.js') })).rejects.toThrow(
    SandboxError,
  )
})
