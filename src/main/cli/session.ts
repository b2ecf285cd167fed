import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Snapshot } from '../../shared/feed.ts'
import { resolveHome } from '../node/profile.ts'
import { readBackendFile } from './backend-file.ts'
import { CliError, ExitCode } from './exit-codes.ts'
import { type NetworkOptions, networkIdOf, networksOf, overridesOf, wantsOwnNode } from './network-options.ts'
import { type Client, connect } from './remote-client.ts'
import { signalled } from './signals.ts'

/** A backend to give commands to, and the network they are for. */
export interface Session {
  client: Client
  networkId: string
  /** Aborted by Ctrl-C. */
  signal: AbortSignal
}

interface OpenSession extends Omit<Session, 'signal'> {
  close(): Promise<void> | void
}

export interface SessionNeeds {
  /** Without a running backend and `--home`: a profile for this run only, or the user's own. */
  profile: 'temporary' | 'kept'
  /** Whether there must be a peer to ask. */
  peers: boolean
}

/** How long to wait for a first peer. */
const JOIN_TIMEOUT_MS = 20_000

/**
 * Runs a task with the backend of the home, when one runs there, or else with
 * a node of its own, which ends with the task. Ctrl-C aborts the task's signal
 * and closes all the same.
 */
export async function withSession(
  options: NetworkOptions,
  needs: SessionNeeds,
  task: (session: Session) => Promise<void>,
): Promise<void> {
  const controller = new AbortController()
  const interrupted = signalled().then(() => controller.abort())
  const session = await open(options, needs, controller.signal)
  try {
    const running = task({ ...session, signal: controller.signal })
    await Promise.race([running, interrupted])
    await running.catch((error: unknown) => {
      if (!controller.signal.aborted) throw error
    })
  } finally {
    await session.close()
  }
  if (controller.signal.aborted) throw interruption()
}

async function open(options: NetworkOptions, needs: SessionNeeds, signal: AbortSignal): Promise<OpenSession> {
  try {
    return (await openRemote(options)) ?? (await openOwn(options, needs, signal))
  } catch (error) {
    throw signal.aborted ? interruption() : error
  }
}

function interruption(): CliError {
  return new CliError(ExitCode.interrupted, 'Interrupted.')
}

async function openRemote(options: NetworkOptions): Promise<OpenSession | undefined> {
  const home = resolveHome(options.home)
  const address = wantsOwnNode(options) ? undefined : readBackendFile(home)
  const connected = address && (await connect(address))
  if (connected === undefined) return undefined
  const { activeNetworkId } = await snapshotOf(connected.client)
  const networkId = options.network ?? activeNetworkId
  if (networkId !== undefined && networkId === activeNetworkId) return { ...connected, networkId }
  connected.close()
  throw new CliError(
    ExitCode.unreachable,
    `The backend of ${home} is in the network ${activeNetworkId ?? '(none)'}: join ${networkId ?? 'one'} there first, or choose another --home.`,
  )
}

/** A node in this process. Its own folder is removed afterwards, unless it is the user's. */
async function openOwn(
  options: NetworkOptions,
  needs: SessionNeeds,
  signal: AbortSignal,
): Promise<OpenSession> {
  // What is wrong with the command line is found before there is anything to clean up.
  const [networks, overrides] = [networksOf(options), overridesOf(options)]
  const isTemporary = options.home === undefined && needs.profile === 'temporary'
  const home = isTemporary ? mkdtempSync(join(tmpdir(), 'kadscope-')) : resolveHome(options.home)
  // What a node is made of takes a second to load: clients of a running backend go without.
  const { createApp } = await import('../app.ts')
  const app = await createApp({ home, host: 'cli', networks, overrides })
  const close = async () => {
    await app.close()
    if (isTemporary) rmSync(home, { recursive: true, force: true })
  }
  try {
    await app.join(networkIdOf(options)).catch(unreachable)
    if (needs.peers)
      await waitForPeers(app.client, AbortSignal.any([signal, AbortSignal.timeout(JOIN_TIMEOUT_MS)]))
    const { activeNetworkId = '' } = await snapshotOf(app.client)
    return { client: app.client, networkId: activeNetworkId, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** What a feed begins with. */
export async function snapshotOf(client: Client): Promise<Snapshot> {
  const feed = await client.feed.subscribe()
  for await (const { events } of feed) {
    for (const event of events) if (event.type === 'snapshot:taken') return event.snapshot
  }
  throw new CliError(ExitCode.unreachable, 'The backend ended before it said anything.')
}

/** Resolves when the routing table has a live peer. Throws a `CliError` when none came in time. */
async function waitForPeers(client: Client, signal: AbortSignal): Promise<void> {
  try {
    const feed = await client.feed.subscribe(undefined, { signal })
    for await (const { events, feedId, seq } of feed) {
      for (const event of events) {
        const rows = event.type === 'snapshot:taken' ? event.snapshot.peers : undefined
        const changed = rows ?? (event.type === 'peers:changed' ? event.changed : [])
        if (changed.some(({ state }) => state === 'live')) return
      }
      await client.feed.acknowledge({ feedId, seq })
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
  throw new CliError(
    ExitCode.unreachable,
    'No peer of the network answered: check the bootstrap addresses, the protocol id and the connection.',
  )
}

function unreachable(error: unknown): never {
  const text = error instanceof Error ? error.message : String(error)
  throw new CliError(ExitCode.unreachable, text, { cause: error })
}
