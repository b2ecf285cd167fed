import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { type CustomNetwork, customNetworkSchema } from '../../shared/contract.ts'
import type { NetworkRow } from '../../shared/rows.ts'
import { customNetwork, type NetworkDefinition, presets } from '../node/networks.ts'
import { BackendError } from './backend-error.ts'

const fileSchema = z.object({
  /** The network that was asked for last. */
  last: z.string().optional(),
  custom: z.array(customNetworkSchema.extend({ id: z.string() })).default([]),
})
type NetworksFile = z.infer<typeof fileSchema>

/** The networks that can be joined: built in, described by the user, and given for this run only. */
export class NetworkList {
  readonly #path: string
  readonly #given: readonly NetworkDefinition[]
  #file: NetworksFile

  /**
   * Reads `<home>/networks.json`.
   * @param given - networks of this run, which are not kept
   * @throws {BackendError} when the file cannot be read
   */
  constructor(home: string, given: readonly NetworkDefinition[] = []) {
    this.#path = join(home, 'networks.json')
    this.#given = given
    this.#file = readNetworks(this.#path)
  }

  /** The network that was asked for last. */
  get last(): string | undefined {
    return this.#file.last
  }

  /** One given for this run takes the place of one with its id. */
  all(): NetworkDefinition[] {
    const given = new Set(this.#given.map(({ id }) => id))
    const known = [...presets, ...this.#file.custom.map(definitionOf)]
    return [...known.filter(({ id }) => !given.has(id)), ...this.#given]
  }

  /** Throws `ERR_UNKNOWN_NETWORK`. */
  find(networkId: string): NetworkDefinition {
    const network = this.all().find(({ id }) => id === networkId)
    if (network !== undefined) return network
    const names = this.all().map(({ id }) => id)
    throw new BackendError(
      'ERR_UNKNOWN_NETWORK',
      `There is no network "${networkId}": choose one of ${names.join(', ')}, or add it.`,
    )
  }

  /** Keeps a network the user describes. Throws `InvalidNetworkError`. */
  add(input: CustomNetwork): NetworkDefinition {
    const custom = customNetworkSchema.parse(input)
    const { id: wanted } = definitionOf(custom)
    const taken = new Set(this.all().map(({ id }) => id))
    let id = wanted
    for (let n = 2; taken.has(id); n++) id = `${wanted}-${n}`
    const network = definitionOf({ ...custom, id })
    this.#write({ ...this.#file, custom: [...this.#file.custom, { ...custom, id }] })
    return network
  }

  /** Throws `ERR_UNKNOWN_NETWORK` and, for one that was not added by the user, `ERR_NETWORK_BUILT_IN`. */
  remove(networkId: string): void {
    const { name } = this.find(networkId)
    const custom = this.#file.custom.filter(({ id }) => id !== networkId)
    if (custom.length === this.#file.custom.length) {
      throw new BackendError('ERR_NETWORK_BUILT_IN', `${name} is built in and cannot be removed.`)
    }
    this.#write({ ...this.#file, custom })
  }

  /** Notes which network was asked for. One given for this run only is not noted. */
  remember(networkId: string): void {
    if (this.#file.last === networkId || this.#given.some(({ id }) => id === networkId)) return
    this.#write({ ...this.#file, last: networkId })
  }

  /** Written whole before it gets its name. Private networks' swarm keys are in it: nobody else may read it. */
  #write(file: NetworksFile): void {
    try {
      mkdirSync(join(this.#path, '..'), { recursive: true, mode: 0o700 })
      writeFileSync(`${this.#path}.new`, `${JSON.stringify(file, undefined, 2)}\n`, { mode: 0o600 })
      renameSync(`${this.#path}.new`, this.#path)
    } catch (cause) {
      throw new BackendError(
        'ERR_HOME_UNUSABLE',
        `${this.#path} cannot be written (${reasonOf(cause)}): make room or choose another --home.`,
        { cause },
      )
    }
    this.#file = file
  }
}

/** A network's row; `state` and `error` are for who runs it. */
export function networkRow(network: NetworkDefinition): Omit<NetworkRow, 'state' | 'error'> {
  const { id, name, kind, description, protocol, bootstrap, k, alpha, isPublic } = network
  const { strictNamespaces, plainKeys, swarmKey } = network
  const isPrivate = swarmKey !== undefined
  return {
    id,
    name,
    kind,
    description,
    protocol,
    bootstrap: [...bootstrap],
    k,
    alpha,
    isPublic,
    strictNamespaces,
    plainKeys,
    isPrivate,
  }
}

function definitionOf({
  addresses,
  ...custom
}: z.output<typeof customNetworkSchema> & { id?: string }): NetworkDefinition {
  const { id, swarmKey, ...rest } = custom
  return customNetwork({
    ...rest,
    addressFilter: addresses,
    ...(custom.k < 3 && { beta: custom.k }),
    ...(id !== undefined && { id }),
    ...(swarmKey !== undefined && { swarmKey }),
  })
}

function readNetworks(path: string): NetworksFile {
  try {
    return fileSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return { custom: [] }
    throw new BackendError(
      'ERR_HOME_UNUSABLE',
      `${path} cannot be read: mend it, or move it away to begin without the networks in it.`,
      { cause },
    )
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
