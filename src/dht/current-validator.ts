import type { Clock } from './clock.ts'
import { InvalidArgumentError } from './errors.ts'
import { ipnsValidator } from './records/ipns.ts'
import { NamespacedValidator } from './records/namespaced-validator.ts'
import { pkValidator } from './records/pk.ts'
import type { Validator } from './records/validator.ts'

/**
 * The validator in force, which may be changed while the node runs. Lookups
 * and handlers hold on to this object and so always ask the current one.
 */
export class CurrentValidator implements Validator {
  /** True when the caller chose the validator: fallbacks are not applied then. */
  isChanged: boolean
  readonly #clock: Clock
  #current: Validator

  constructor(initial: Validator | undefined, isChanged: boolean, clock: Clock) {
    this.#current = initial ?? new NamespacedValidator({ pk: pkValidator })
    this.isChanged = isChanged
    this.#clock = clock
  }

  get current(): Validator {
    return this.#current
  }

  /** Replaces the validator, and marks it as chosen by the caller. */
  set(validator: Validator): void {
    this.#current = validator
    this.isChanged = true
  }

  /** Throws `InvalidArgumentError` when the validator in force knows no namespaces. */
  setNamespace(namespace: string, validator: Validator): void {
    this.#namespaced(`register a validator for /${namespace}`).addValidator(namespace, validator)
  }

  /** Adds `/pk` and `/ipns` where they are missing, unless the caller chose the validator. */
  applyFallbacks(): void {
    if (this.isChanged) return
    const namespaced = this.#namespaced('apply the fallback validators')
    if (!namespaced.validators.has('pk')) namespaced.addValidator('pk', pkValidator)
    if (!namespaced.validators.has('ipns')) namespaced.addValidator('ipns', ipnsValidator(this.#clock))
  }

  async validate(key: Uint8Array, value: Uint8Array): Promise<void> {
    await this.#current.validate(key, value)
  }

  async select(key: Uint8Array, values: Uint8Array[]): Promise<number> {
    return this.#current.select(key, values)
  }

  expiresAt(key: Uint8Array, value: Uint8Array): number | undefined {
    return this.#current.expiresAt?.(key, value)
  }

  /** True when somebody registered rules for the key's namespace; a validator without namespaces has rules for all. */
  covers(key: Uint8Array): boolean {
    return !(this.#current instanceof NamespacedValidator) || this.#current.covers(key)
  }

  #namespaced(purpose: string): NamespacedValidator {
    if (this.#current instanceof NamespacedValidator) return this.#current
    throw new InvalidArgumentError(
      `The validator in force has no namespaces, so one cannot ${purpose}. Set a NamespacedValidator first.`,
    )
  }
}
