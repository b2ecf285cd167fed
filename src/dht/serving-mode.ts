import type { Connection, Stream } from '@libp2p/interface'
import { DHTMode } from './dht-mode.ts'
import type { Publish } from './events.ts'
import { ADDRESS_EVENTS, type Host } from './host.ts'
import type { Peer } from './peer.ts'

/** More than the limit of the inbound streams themselves, which report what they refuse. */
const MAX_INBOUND_STREAMS = 1_024

export interface ServingModeInit {
  host: Host
  protocol: string
  /** Takes over a negotiated stream. */
  onStream(stream: Stream, connection: Connection): void
  /** Resets the streams that are open. */
  resetStreams(): void
  /** The node with the addresses others may dial. */
  self(): Peer
  publish: Publish
}

/**
 * Whether the node serves. A client neither handles the protocol nor
 * advertises it, so that others keep it out of their tables; when a server
 * becomes one, open inbound streams are reset.
 */
export class ServingMode {
  readonly #init: ServingModeInit
  #configured: DHTMode
  #effective: 'CLIENT' | 'SERVER' = 'CLIENT'
  #isRunning = false
  /** Changes run one after the other. */
  #change: Promise<void> = Promise.resolve()

  constructor(configured: DHTMode, init: ServingModeInit) {
    this.#configured = configured
    this.#init = init
  }

  get configured(): DHTMode {
    return this.#configured
  }

  /** What the node is now. */
  get effective(): 'CLIENT' | 'SERVER' {
    return this.#effective
  }

  async start(): Promise<void> {
    this.#isRunning = true
    for (const event of ADDRESS_EVENTS) this.#init.host.addEventListener(event, this.#onAddresses)
    await this.#apply()
  }

  async stop(): Promise<void> {
    this.#isRunning = false
    for (const event of ADDRESS_EVENTS) this.#init.host.removeEventListener(event, this.#onAddresses)
    await this.#apply()
  }

  /** Resolves when the change has taken effect. */
  async switchTo(mode: DHTMode): Promise<void> {
    this.#configured = mode
    await this.#apply()
  }

  readonly #onAddresses = (): void => {
    if (this.#configured !== DHTMode.AUTO) return
    this.#apply().catch((error: Error) => {
      this.#init.publish({ type: 'warning', message: `The mode could not be changed: ${error.message}` })
    })
  }

  /** A change that failed is its caller's to know of; the next one is tried all the same. */
  #apply(): Promise<void> {
    const change = this.#change.then(() => this.#settle())
    this.#change = change.catch(() => {})
    return change
  }

  async #settle(): Promise<void> {
    const { mode, evidence } = this.#wanted()
    if (mode === this.#effective) return
    const { host, protocol, publish, resetStreams, onStream } = this.#init
    if (mode === 'SERVER') {
      await host.handle(protocol, onStream, { maxInboundStreams: MAX_INBOUND_STREAMS })
    } else {
      await host.unhandle(protocol)
      resetStreams()
    }
    this.#effective = mode
    publish({ type: 'mode:changed', mode, configured: this.#configured, evidence })
  }

  #wanted(): { mode: 'CLIENT' | 'SERVER'; evidence: string } {
    if (!this.#isRunning) return { mode: 'CLIENT', evidence: 'The node is stopped.' }
    if (this.#configured !== DHTMode.AUTO) {
      return { mode: this.#configured, evidence: 'Set by the configuration.' }
    }
    const count = this.#init.self().addrs.length
    return count > 0
      ? { mode: 'SERVER', evidence: `The node announces ${count} addresses others may dial.` }
      : { mode: 'CLIENT', evidence: 'The node has no address others may dial.' }
  }
}
