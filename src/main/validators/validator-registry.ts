import { DhtError, InvalidArgumentError } from '../../dht/errors.ts'
import { namespaceOf } from '../../dht/records/namespaced-validator.ts'
import type { Validator } from '../../dht/records/validator.ts'
import { KeyLocks } from '../../dht/stores/key-locks.ts'
import type { ValidatorTestResult } from '../../shared/contract.ts'
import { namespaceSchema, type ValidatorDefinition, type ValidatorRow } from '../../shared/rows.ts'
import { type CompiledValidator, compileDefinition } from './compile-definition.ts'
import { countingValidator, type VerdictCounts } from './counting-validator.ts'
import { ValidatorProtectedError, ValidatorUnknownError } from './errors.ts'
import { type Judgement, judge, judgeSamples, type ValidatorSample } from './judge-samples.ts'
import type { SandboxPool } from './sandbox-pool.ts'

/** A registered validator as it is kept over restarts. */
export interface StoredValidator {
  namespace: string
  definition: ValidatorDefinition
  enabled: boolean
  /** 1 at first, one more with each replacement. */
  version: number
  /** When this version was registered, in milliseconds since the epoch. */
  registeredAt: number
}

/** Keeps the registered validators of one network. */
export interface ValidatorStorage {
  list(): Promise<StoredValidator[]>
  /** Inserts, or replaces what has the same namespace. */
  put(validator: StoredValidator): Promise<void>
  remove(namespace: string): Promise<void>
}

/** What validators are applied to: the running node's `NamespacedValidator`. */
export interface NamespaceTarget {
  addValidator(namespace: string, validator: Validator): void
  removeValidator(namespace: string): boolean
  /** Throws when the value is refused; asked about namespaces nobody registered. */
  validate(key: Uint8Array, value: Uint8Array): Promise<void>
}

/** A validator the network comes with. */
export interface BuiltInValidator {
  namespace: string
  validator: Validator
  /** False: it can be neither replaced nor disabled. */
  isReplaceable: boolean
}

export interface ValidatorRegistryOptions {
  /** The network's name, for messages. */
  network: string
  storage: ValidatorStorage
  target: NamespaceTarget
  builtIn: readonly BuiltInValidator[]
  /** Runs JavaScript and JSON Schemas; closed by who made it. */
  pool: SandboxPool
  /** Milliseconds since the epoch. Default: the system's clock. */
  now?: () => number
  /** Told of every namespace whose row changed, not of counts. */
  onChange?: (namespace: string) => void
}

interface Registered {
  stored: StoredValidator
  compiled: CompiledValidator
}

/**
 * The validators of one network: what is registered, what the running node applies, and what is kept for its next
 * start. A change is compiled first, then stored, then applied; where one step fails, the later ones do not happen.
 */
export class ValidatorRegistry {
  readonly #options: ValidatorRegistryOptions
  readonly #now: () => number
  readonly #builtIn: Map<string, BuiltInValidator>
  readonly #registered = new Map<string, Registered>()
  readonly #counts = new Map<string, VerdictCounts>()
  readonly #locks = new KeyLocks()

  /** Loads what is stored and applies it to the target, built-in validators first. */
  static async open(options: ValidatorRegistryOptions): Promise<ValidatorRegistry> {
    const registry = new ValidatorRegistry(options)
    for (const stored of await options.storage.list()) registry.#adopt(stored)
    for (const namespace of registry.#namespaces()) registry.#apply(namespace)
    return registry
  }

  private constructor(options: ValidatorRegistryOptions) {
    this.#options = options
    this.#now = options.now ?? Date.now
    this.#builtIn = new Map(options.builtIn.map((builtIn) => [builtIn.namespace, builtIn]))
  }

  /** All rows, built-in ones first, then by name. */
  rows(): ValidatorRow[] {
    return this.#namespaces().map((namespace) => this.#row(namespace))
  }

  /**
   * Registers a validator for a namespace, or replaces the one that is there, and applies it at once. What was
   * disabled becomes enabled.
   * @throws {InvalidArgumentError} when the namespace is none
   * @throws {ValidatorProtectedError} when the network does not let it be replaced
   * @throws {ValidatorCompileError} when the definition does not compile
   */
  register(namespace: string, definition: ValidatorDefinition): Promise<ValidatorRow> {
    return this.#change(namespace, async () => {
      checkNamespace(namespace)
      await this.#compile(definition).prepare()
      const version = (this.#registered.get(namespace)?.stored.version ?? 0) + 1
      await this.#store({ namespace, definition, enabled: true, version, registeredAt: this.#now() })
    })
  }

  /**
   * Switches a registered validator on or off. While it is off its namespace has no rules, and a strict network
   * refuses its values.
   * @throws {ValidatorUnknownError} @throws {ValidatorProtectedError}
   */
  setEnabled(namespace: string, enabled: boolean): Promise<ValidatorRow> {
    return this.#change(namespace, async () => {
      const { stored } = this.#find(namespace)
      if (stored.enabled !== enabled) await this.#store({ ...stored, enabled })
    })
  }

  /**
   * Removes a registered validator; a built-in one that it replaced is applied again.
   * @throws {ValidatorUnknownError} @throws {ValidatorProtectedError}
   */
  async remove(namespace: string): Promise<void> {
    await this.#change(namespace, async () => {
      this.#find(namespace)
      await this.#options.storage.remove(namespace)
      this.#registered.delete(namespace)
    })
  }

  /** Tries a definition on samples without registering it. What does not compile is `compileError`, not an exception. */
  async test(
    definition: ValidatorDefinition,
    samples: readonly ValidatorSample[],
  ): Promise<ValidatorTestResult> {
    const compiled = this.#compile(definition)
    try {
      await compiled.prepare()
    } catch (error) {
      if (error instanceof DhtError) return { compileError: error.message, samples: [] }
      throw error
    }
    return judgeSamples(compiled, samples)
  }

  /** What would be said of a value that is put now, by validator or by the network's policy. It is not counted. */
  async check(key: Uint8Array, value: Uint8Array): Promise<Judgement & { namespace?: string }> {
    const namespace = namespaceOf(key)
    const validator = namespace === undefined ? undefined : this.#inForce(namespace)
    const judgement = await judge(validator ?? this.#options.target, { key, value })
    return { ...judgement, ...(namespace !== undefined && { namespace }) }
  }

  #compile(definition: ValidatorDefinition): CompiledValidator {
    return compileDefinition(definition, { pool: this.#options.pool, now: this.#now })
  }

  /** Changes to one namespace happen one after the other. */
  #change(namespace: string, step: () => Promise<void>): Promise<ValidatorRow> {
    return this.#locks.run(namespace, async () => {
      if (this.#builtIn.get(namespace)?.isReplaceable === false) {
        throw new ValidatorProtectedError(namespace, this.#options.network)
      }
      await step()
      this.#apply(namespace)
      this.#options.onChange?.(namespace)
      return this.#row(namespace)
    })
  }

  #find(namespace: string): Registered {
    const registered = this.#registered.get(namespace)
    if (registered === undefined) throw new ValidatorUnknownError(namespace)
    return registered
  }

  async #store(stored: StoredValidator): Promise<void> {
    await this.#options.storage.put(stored)
    this.#adopt(stored)
  }

  /** A stored one is not tried: what does not compile any more refuses every value, saying why. */
  #adopt(stored: StoredValidator): void {
    this.#registered.set(stored.namespace, { stored, compiled: this.#compile(stored.definition) })
  }

  #apply(namespace: string): void {
    const validator = this.#inForce(namespace)
    if (validator === undefined) this.#options.target.removeValidator(namespace)
    else this.#options.target.addValidator(namespace, countingValidator(validator, this.#countsOf(namespace)))
  }

  /** A built-in one that must not be replaced wins even over a stored one, from a profile whose network changed. */
  #inForce(namespace: string): Validator | undefined {
    const builtIn = this.#builtIn.get(namespace)
    const registered = this.#registered.get(namespace)
    if (registered === undefined || builtIn?.isReplaceable === false) return builtIn?.validator
    return registered.stored.enabled ? registered.compiled : undefined
  }

  #namespaces(): string[] {
    const others = [...this.#registered.keys()].filter((namespace) => !this.#builtIn.has(namespace))
    return [...this.#builtIn.keys(), ...others.sort()]
  }

  #countsOf(namespace: string): VerdictCounts {
    const counts = this.#counts.get(namespace) ?? { accepted: 0, rejected: 0 }
    this.#counts.set(namespace, counts)
    return counts
  }

  #row(namespace: string): ValidatorRow {
    const builtIn = this.#builtIn.get(namespace)
    const isReplaceable = builtIn?.isReplaceable ?? true
    const stored = isReplaceable ? this.#registered.get(namespace)?.stored : undefined
    return {
      namespace,
      builtIn: builtIn !== undefined,
      replaceable: isReplaceable,
      ...(stored && { definition: stored.definition, registeredAt: stored.registeredAt }),
      enabled: stored?.enabled ?? true,
      version: stored?.version ?? 0,
      counts: { ...this.#countsOf(namespace) },
    }
  }
}

function checkNamespace(namespace: string): void {
  const { error } = namespaceSchema.safeParse(namespace)
  if (error) throw new InvalidArgumentError(error.issues[0]?.message ?? `"${namespace}" is no namespace.`)
}
