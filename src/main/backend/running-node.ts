import { randomBytes } from 'node:crypto'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import type { EventListener } from '../../dht/event-hub.ts'
import { peerIdBytesOf } from '../../dht/key-input.ts'
import { type Peer, peerFromBytes, peerFromId } from '../../dht/peer.ts'
import { ipnsValidator } from '../../dht/records/ipns.ts'
import { pkValidator } from '../../dht/records/pk.ts'
import { systemClock } from '../../dht/system-clock.ts'
import { type Database, type DatabaseOptions, openDatabase } from '../db/database.ts'
import { type ComposedNode, type ComposeNodeOptions, composeNode } from '../node/compose-node.ts'
import { NetworkValidator } from '../node/network-validator.ts'
import type { NetworkDefinition } from '../node/networks.ts'
import { openProfile } from '../node/profile.ts'
import { type Sandbox, startSandbox } from '../node/sandbox.ts'
import { Recorder } from '../traces/recorder.ts'
import type { SandboxPool } from '../validators/sandbox-pool.ts'
import { type BuiltInValidator, ValidatorRegistry } from '../validators/validator-registry.ts'

/** What a person may say differently from the network's own definition. */
export type NodeOverrides = Pick<ComposeNodeOptions, 'listen' | 'bootstrap' | 'mode'>

export interface StartNodeOptions {
  home: string
  network: NetworkDefinition
  overrides: NodeOverrides
  /** Runs users' validators; outlives the node. */
  pool: SandboxPool
  /** Told, in a sentence for people, what went wrong that does not stop the node. */
  onProblem(text: string): void
  /** Told of every event, before anybody else. */
  onEvent: EventListener
  /** Told that the Sandbox grows. */
  onSandboxNode(up: number, of: number): void
  /** Told of each namespace whose validator changed. */
  onValidator(namespace: string): void
  /** Worker programs; default: their bundles. */
  workers?: { db?: URL; sandbox?: URL }
}

/** A node of one network with everything that belongs to it, from its folder to its swarm. */
export interface RunningNode {
  network: NetworkDefinition
  node: ComposedNode
  database: Database
  recorder: Recorder
  validators: ValidatorRegistry
  validator: NetworkValidator
  self: Peer
  startedAt: number
  /** Ends everything in order: nothing acknowledged is lost. */
  close(): Promise<void>
}

const SAVE_PEERS_INTERVAL_MS = 60_000

/** What was opened so far, and how to close it: the last opened goes first. */
class Closers {
  readonly #closers: (() => unknown)[] = []

  add(close: () => unknown): void {
    this.#closers.push(close)
  }

  /** One that fails does not keep the others open; the first failure is thrown at the end. */
  async closeAll(): Promise<void> {
    const failures: unknown[] = []
    for (const close of this.#closers.splice(0).reverse()) {
      try {
        await close()
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length > 0) throw failures[0]
  }
}

/**
 * Opens a network's profile and starts its node. When a step fails, what was
 * opened before is closed again, and the step's error is thrown.
 */
export async function startNode(options: StartNodeOptions): Promise<RunningNode> {
  const closers = new Closers()
  try {
    return await start(options, closers)
  } catch (error) {
    await closers.closeAll().catch(() => {})
    throw error
  }
}

async function start(options: StartNodeOptions, closers: Closers): Promise<RunningNode> {
  const { home, network, onProblem, workers } = options
  const profile = await openProfile({ home, networkId: network.id })
  closers.add(() => profile.close())
  const database = await openDatabase({ dir: profile.dir, onProblem, ...workerOf(workers?.db) })
  closers.add(() => database.close())
  const bootstrap = await bootstrapOf(options, closers)
  const self = peerFromId(peerIdFromPrivateKey(profile.privateKey))
  const validator = new NetworkValidator(network)
  const validators = await openValidators(options, database, validator)
  let node: ComposedNode | undefined
  const recorder = new Recorder({
    networkId: network.id,
    run: newRun(),
    localKey: self.key,
    clock: systemClock,
    traces: database.traces,
    history: database.tableHistory,
    keyOf: (peer) => keyOfPeer(peer, node),
    onProblem,
  })
  await recorder.start()
  closers.add(() => recorder.stop())
  node = await composeNode({
    network,
    privateKey: profile.privateKey,
    ...options.overrides,
    bootstrap,
    validator,
    stores: (storage) => ({ values: database.values(storage), providers: database.providers(storage) }),
    restored: (await database.peers.load()).flatMap(readPeer),
    onEvent: (event) => {
      options.onEvent(event)
      recorder.record(event)
    },
  })
  closers.add(() => node?.stop())
  keepPeers(node, database, closers, onProblem)
  const startedAt = systemClock.now()
  const close = () => closers.closeAll()
  return { network, node, database, recorder, validators, validator, self, startedAt, close }
}

/** The network's bootstrap peers: given, defined, or those of the swarm that is started for it. */
async function bootstrapOf(options: StartNodeOptions, closers: Closers): Promise<readonly string[]> {
  const { network, overrides, onSandboxNode, workers } = options
  if (overrides.bootstrap !== undefined) return overrides.bootstrap
  if (network.kind !== 'sandbox') return network.bootstrap
  const sandbox: Sandbox = await startSandbox({
    onProgress: onSandboxNode,
    ...workerOf(workers?.sandbox),
  })
  closers.add(() => sandbox.stop())
  return sandbox.bootstrap
}

function openValidators(
  { network, pool, onValidator }: StartNodeOptions,
  database: Database,
  target: NetworkValidator,
): Promise<ValidatorRegistry> {
  const isReplaceable = network.kind !== 'amino'
  const builtIn: BuiltInValidator[] = [
    { namespace: 'pk', validator: pkValidator, isReplaceable },
    { namespace: 'ipns', validator: ipnsValidator(systemClock), isReplaceable },
  ]
  return ValidatorRegistry.open({
    network: network.name,
    storage: {
      list: () => database.validators.list(),
      put: (validator) => database.validators.put(validator),
      remove: async (namespace) => void (await database.validators.remove(namespace)),
    },
    target,
    builtIn,
    pool,
    onChange: onValidator,
  })
}

/** Saves the routing table now and then, and at the end: after a crash most of it is there. */
function keepPeers(
  node: ComposedNode,
  database: Database,
  closers: Closers,
  onProblem: (text: string) => void,
): void {
  const save = () => database.peers.save(peersToSave(node))
  const timer = setInterval(() => {
    save().catch((error: unknown) => onProblem(`The routing table could not be saved: ${textOf(error)}`))
  }, SAVE_PEERS_INTERVAL_MS)
  closers.add(async () => {
    clearInterval(timer)
    await save()
  })
}

function peersToSave({ dht }: ComposedNode): { id: string; addrs: Uint8Array[]; lastSeenAt: number }[] {
  return [...dht.routingTable.entries()].map(({ peer, lastSeenAt, addedAt }) => ({
    id: peer.id,
    addrs: [...peer.addrs],
    lastSeenAt: lastSeenAt ?? addedAt,
  }))
}

/** One damaged row must not keep the node from starting. */
function readPeer({ id, addrs }: { id: string; addrs: Uint8Array[] }): Peer[] {
  try {
    return [peerFromBytes(peerIdBytesOf(id), addrs)]
  } catch {
    return []
  }
}

function keyOfPeer(peer: string, node: ComposedNode | undefined): Uint8Array | undefined {
  return node?.dht.routingTable.entry(peer)?.peer.key ?? readPeer({ id: peer, addrs: [] })[0]?.key
}

/** Names a start of the node: eight letters and digits, so that ids of different runs differ. */
function newRun(): string {
  return randomBytes(5).toString('base64url').replace(/[-_]/g, 'x').toLowerCase()
}

function workerOf(workerUrl: URL | undefined): Pick<DatabaseOptions, 'workerUrl'> {
  return workerUrl === undefined ? {} : { workerUrl }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
