import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { createRouterClient, type RouterClient } from '@orpc/server'
import { type Logger, pino } from 'pino'
import type { WebSocket } from 'ws'
import { systemClock } from '../dht/system-clock.ts'
import type { AppInfo } from '../shared/contract.ts'
import type { FeedEvent, Snapshot } from '../shared/feed.ts'
import type { ApiContext } from './api/context.ts'
import { FeedHub } from './api/feed/feed-hub.ts'
import { LogBook } from './api/feed/log-book.ts'
import { NodeView } from './api/feed/node-view.ts'
import { ProcessMeter } from './api/feed/process-meter.ts'
import { OperationRunner } from './api/operation-runner.ts'
import { router } from './api/router.ts'
import { type ClientPort, Transports } from './api/transports.ts'
import { NetworkList } from './backend/network-list.ts'
import { NetworkSwitch } from './backend/network-switch.ts'
import {
  type NodeOverrides,
  type RunningNode,
  type StartNodeOptions,
  startNode,
} from './backend/running-node.ts'
import { type NetworkDefinition, sandboxNetwork } from './node/networks.ts'
import { SandboxPool } from './validators/sandbox-pool.ts'
import { version } from './version.ts'
import { workerUrl } from './worker-url.ts'

export { resolveHome } from './node/profile.ts'

export interface AppOptions {
  /** Folder of the profiles; made when it is not there. */
  home: string
  host: AppInfo['host']
  /** Default: warnings, to stderr. */
  log?: Logger
  /** Networks of this run only, besides those built in and kept. */
  networks?: readonly NetworkDefinition[]
  /** What to do differently from a network's definition, whichever is joined. */
  overrides?: NodeOverrides
  /** Worker programs; default: their bundles. */
  workers?: { db?: URL; sandbox?: URL; validator?: URL }
}

/** The backend: everything but the way its clients come. */
export interface App {
  readonly info: AppInfo
  readonly log: Logger
  /** A client of the contract in this process. */
  readonly client: RouterClient<typeof router>
  /**
   * Joins a network; default: the last one, and the Sandbox at first. Resolves
   * when its node runs, rejects with what hindered it.
   */
  join(networkId?: string): Promise<void>
  /** Serves a client at the other end of a MessagePort. Returns what closes it. */
  attachPort(port: ClientPort): () => void
  /** Serves a client at the other end of an open WebSocket, whose right to be here was checked. */
  attachSocket(socket: WebSocket): void
  /** Stops the node and closes everything: nothing acknowledged is lost. Calling it twice is harmless. */
  close(): Promise<void>
}

/**
 * Puts the backend together. No network runs yet. Throws `BackendError` when
 * the home folder cannot be used.
 */
export async function createApp(options: AppOptions): Promise<App> {
  mkdirSync(options.home, { recursive: true, mode: 0o700 })
  return new Backend(options)
}

class Backend implements App {
  readonly info: AppInfo
  readonly log: Logger
  readonly client: RouterClient<typeof router>
  readonly #options: AppOptions
  readonly #pool: SandboxPool
  readonly #list: NetworkList
  readonly #networks: NetworkSwitch
  readonly #feeds: FeedHub
  readonly #logBook = new LogBook()
  readonly #meter = new ProcessMeter()
  readonly #transports: Transports
  #view: NodeView | undefined
  #modeEvidence = ''
  #closing: Promise<void> | undefined

  constructor(options: AppOptions) {
    const { home, host, log = pino({ level: 'warn' }, pino.destination(2)) } = options
    const backendId = randomBytes(6).toString('hex')
    this.#options = options
    this.log = log
    this.info = { version, backendId, host, home, startedAt: Date.now() }
    this.#pool = new SandboxPool({ workerUrl: options.workers?.validator ?? workerUrl('validator-worker') })
    this.#list = new NetworkList(home, options.networks)
    this.#networks = new NetworkSwitch({
      list: this.#list,
      start: (id) => this.#start(id),
      onChange: () => this.#pushNetworks(),
      onProblem: (text) => this.#raise(text),
    })
    this.#feeds = new FeedHub({
      backendId,
      clock: systemClock,
      networkId: () => this.#networks.running?.network.id,
      snapshot: () => this.#snapshot(),
    })
    const context = this.#context()
    this.#transports = new Transports(context)
    this.client = createRouterClient(router, { context })
    this.#meter.start()
  }

  join(networkId: string = this.#networks.activeId ?? sandboxNetwork.id): Promise<void> {
    return this.#networks.join(networkId)
  }

  attachPort(port: ClientPort): () => void {
    return this.#transports.attachPort(port)
  }

  attachSocket(socket: WebSocket): void {
    this.#transports.attachSocket(socket)
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    await this.#networks.close()
    await this.#pool.close()
    this.#meter.stop()
    this.#feeds.closeAll()
  }

  #context(): ApiContext {
    return {
      info: this.info,
      log: this.log,
      list: this.#list,
      networks: this.#networks,
      operations: new OperationRunner(),
      feeds: this.#feeds,
      view: () => this.#view,
      push: (event) => this.#feeds.push(event),
    }
  }

  async #start(networkId: string): Promise<RunningNode> {
    const running = await startNode(this.#startOptions(networkId))
    const view = new NodeView({
      running,
      log: this.#logBook,
      meter: this.#meter,
      modeEvidence: this.#modeEvidence,
      push: (event) => this.#feeds.push(event),
      hasClients: () => this.#feeds.hasClients(),
      noteSeen: (events, dropped) => this.#feeds.noteSeen(events, dropped),
    })
    this.#view = view
    return {
      ...running,
      close: async () => {
        view.stop()
        this.#view = undefined
        await running.close()
        this.#feeds.resyncAll()
      },
    }
  }

  #startOptions(networkId: string): StartNodeOptions {
    const { home, overrides = {}, workers } = this.#options
    return {
      home,
      network: this.#list.find(networkId),
      overrides,
      pool: this.#pool,
      onProblem: (text) => this.#raise(text),
      onEvent: (event) => {
        if (event.type === 'mode:changed') this.#modeEvidence = event.evidence
      },
      onSandboxNode: (up, of) => this.#noteSandbox(up, of),
      onValidator: () => this.#pushValidators(),
      ...(workers !== undefined && { workers }),
    }
  }

  #snapshot(): Snapshot {
    const running = this.#networks.running
    const { activeId } = this.#networks
    return {
      networks: this.#networks.rows(),
      peers: [],
      rates: [],
      operations: running?.recorder.operationRows() ?? [],
      rpcs: running?.recorder.rpcRows() ?? [],
      validators: running?.validators.rows() ?? [],
      log: this.#logBook.rows(),
      ...(activeId !== undefined && { activeNetworkId: activeId }),
      ...(running !== undefined && this.#view?.snapshot()),
    }
  }

  /** When a node has come or gone everything is different: clients begin anew. */
  #pushNetworks(): void {
    const { activeId, running } = this.#networks
    if (running !== undefined) this.#feeds.resyncAll()
    this.#feeds.push({
      type: 'networks:changed',
      networks: this.#networks.rows(),
      ...(activeId !== undefined && { activeNetworkId: activeId }),
    })
  }

  #pushValidators(): void {
    const running = this.#networks.running
    if (running !== undefined) {
      this.#feeds.push({ type: 'validators:changed', rows: running.validators.rows() })
    }
  }

  #noteSandbox(up: number, of: number): void {
    if (up % 10 !== 0 && up !== of) return
    this.#write({ level: 'info', area: 'sandbox', text: `${up} of ${of} nodes of the Sandbox run.` })
  }

  /** Says what went wrong to whoever watches, and to the log. */
  #raise(text: string): void {
    this.log.warn(text)
    this.#write({ level: 'warn', area: 'node', text })
    this.#feeds.push({ type: 'notice:raised', severity: 'warn', text })
  }

  #write(line: Parameters<LogBook['write']>[1]): void {
    const event: FeedEvent = { type: 'log:written', rows: [this.#logBook.write(Date.now(), line)] }
    this.#feeds.push(event)
  }
}
