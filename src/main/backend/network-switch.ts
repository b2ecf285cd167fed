import type { NetworkRow } from '../../shared/rows.ts'
import { BackendError } from './backend-error.ts'
import { type NetworkList, networkRow } from './network-list.ts'
import type { RunningNode } from './running-node.ts'

export interface NetworkSwitchInit {
  list: NetworkList
  /** Starts the node of a network. */
  start(networkId: string): Promise<RunningNode>
  /** Told of each change of a state. */
  onChange(): void
  /** Told of an unexpected failure to stop, which hinders nobody. */
  onProblem(text: string): void
}

type State = Pick<NetworkRow, 'state' | 'error'>

/** One network at a time: joining another leaves the one before. Changes happen one after the other. */
export class NetworkSwitch {
  readonly #init: NetworkSwitchInit
  readonly #states = new Map<string, State>()
  #activeId: string | undefined
  #running: RunningNode | undefined
  #change: Promise<void> = Promise.resolve()
  #isClosed = false

  constructor(init: NetworkSwitchInit) {
    this.#init = init
    this.#activeId = init.list.last
  }

  /** The network that runs, or was asked for last. */
  get activeId(): string | undefined {
    return this.#activeId
  }

  /** The node that runs; undefined while none does. */
  get running(): RunningNode | undefined {
    return this.#running
  }

  /** The running node of this network. Throws `ERR_NETWORK_NOT_RUNNING`. */
  runningOf(networkId: string): RunningNode {
    if (this.#running?.network.id === networkId) return this.#running
    const { name } = this.#init.list.find(networkId)
    throw new BackendError('ERR_NETWORK_NOT_RUNNING', `${name} does not run: join it first.`)
  }

  rows(): NetworkRow[] {
    return this.#init.list.all().map((network) => ({
      ...networkRow(network),
      ...(this.#states.get(network.id) ?? { state: 'stopped' }),
    }))
  }

  /**
   * Leaves the network that runs and starts this one; harmless when it runs.
   * Rejects with what hindered it, which its row tells too.
   */
  join(networkId: string): Promise<void> {
    this.#init.list.find(networkId)
    return this.#enqueue(async () => {
      if (this.#running?.network.id === networkId) return
      await this.#stop()
      this.#init.list.remember(networkId)
      await this.#start(networkId)
    })
  }

  /** Stops the network's node; harmless when it does not run. */
  leave(networkId: string): Promise<void> {
    this.#init.list.find(networkId)
    return this.#enqueue(async () => {
      if (this.#running?.network.id === networkId) await this.#stop()
    })
  }

  /** Removes a custom network from the list; it is left first. */
  async remove(networkId: string): Promise<void> {
    await this.leave(networkId)
    this.#init.list.remove(networkId)
    this.#states.delete(networkId)
    if (this.#activeId === networkId) this.#activeId = undefined
    this.#init.onChange()
  }

  /** Tells that the list of networks is another. */
  changed(): void {
    this.#init.onChange()
  }

  /** Stops what runs. Nothing can be joined afterwards. */
  close(): Promise<void> {
    const closed = this.#enqueue(() => this.#stop())
    this.#isClosed = true
    return closed
  }

  async #start(networkId: string): Promise<void> {
    this.#activeId = networkId
    this.#set(networkId, { state: 'starting' })
    try {
      this.#running = await this.#init.start(networkId)
      this.#set(networkId, { state: 'running' })
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error)
      this.#set(networkId, { state: 'failed', error: text })
      throw error
    }
  }

  async #stop(): Promise<void> {
    const running = this.#running
    if (running === undefined) return
    const { id } = running.network
    this.#running = undefined
    this.#set(id, { state: 'stopping' })
    try {
      await running.close()
    } catch (error) {
      this.#init.onProblem(`${running.network.name} did not stop cleanly: ${error}`)
    }
    this.#set(id, { state: 'stopped' })
  }

  #set(networkId: string, state: State): void {
    this.#states.set(networkId, state)
    this.#init.onChange()
  }

  #enqueue(change: () => Promise<void>): Promise<void> {
    if (this.#isClosed) {
      return Promise.reject(new BackendError('ERR_CLOSING', 'Kadscope is closing: start it again first.'))
    }
    const changed = this.#change.then(change)
    this.#change = changed.catch(() => {})
    return changed
  }
}
