import { EventEmitter } from 'node:events'
import { readFileSync } from 'node:fs'
import { extname } from 'node:path'
import { Script } from 'node:vm'
import { MessagePort } from 'node:worker_threads'

/** A message that reached the page's own world. */
export interface PageMessage {
  data: unknown
  ports: MessagePort[]
}

export interface PageInit {
  /** `scheme://host` of the page. */
  origin: string
  preload: string
  /** What `ipcRenderer.send` does. */
  send(channel: string, args: unknown[]): void
  /** The page's `message` listener. */
  onMessage(message: PageMessage): void
}

type Listener = (event: unknown) => void

/**
 * A sandboxed, isolated page as far as its preload can tell. Refuses what Electron refuses: an ES module for a preload,
 * `require` of anything but `electron`, and a port handed over through contextBridge.
 */
export class Page {
  readonly #init: PageInit
  readonly #ipc = new EventEmitter()
  readonly #listeners = new Map<string, Listener[]>()

  constructor(init: PageInit) {
    this.#init = init
  }

  /** Runs the preload, then lets the document be loaded. */
  load(): void {
    const script = preloadScript(this.#init.preload)
    const scope = { window: this.#window(), location: { origin: this.#init.origin } }
    const preload: unknown = script.runInNewContext({
      ...scope,
      addEventListener: scope.window.addEventListener,
    })
    if (typeof preload !== 'function') throw new Error('The preload is no script.')
    const module = { exports: {} }
    preload((name: unknown) => this.#require(name), module, module.exports)
    for (const listener of this.#listeners.get('DOMContentLoaded') ?? [])
      listener({ type: 'DOMContentLoaded' })
  }

  /** A message of the main process arrives at `ipcRenderer`. */
  receive(channel: string, args: unknown[], ports: MessagePort[]): void {
    this.#ipc.emit(channel, { ports }, ...structuredClone(args))
  }

  #require(name: unknown): unknown {
    if (name !== 'electron') throw new Error(`module not found: ${String(name)}`)
    const send = (channel: string, ...args: unknown[]) => this.#init.send(channel, structuredClone(args))
    return {
      ipcRenderer: { on: this.#ipc.on.bind(this.#ipc), once: this.#ipc.once.bind(this.#ipc), send },
      contextBridge: { exposeInMainWorld: (_name: string, value: unknown) => refusePorts(value) },
    }
  }

  #window() {
    return {
      addEventListener: (type: string, listener: Listener) => {
        this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener])
      },
      postMessage: (data: unknown, origin: unknown, ports: MessagePort[] = []) => {
        if (origin !== this.#init.origin && origin !== '*') return
        this.#init.onMessage({ data: structuredClone(data), ports: ports.map(checkedPort) })
      },
    }
  }
}

function preloadScript(path: string): Script {
  const code = readFileSync(path, 'utf8')
  if (extname(path) === '.mjs') throw new Error('A sandboxed preload cannot be an ES module.')
  try {
    return new Script(`(function (require, module, exports) {${code}\n})`, { filename: path })
  } catch (cause) {
    throw new Error('Unable to load preload script: a sandboxed preload cannot be an ES module.', { cause })
  }
}

function checkedPort(port: unknown): MessagePort {
  if (port instanceof MessagePort) return port
  throw new TypeError('Only a MessagePort can be transferred here.')
}

/** Functions are proxied and data is copied; whatever else is there does not pass. */
function refusePorts(value: unknown): void {
  if (value instanceof MessagePort) throw new Error('An object could not be cloned.')
  if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) refusePorts(part)
}
