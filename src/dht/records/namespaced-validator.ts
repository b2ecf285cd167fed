import { InvalidArgumentError, InvalidRecordError, InvalidRecordTypeError } from '../errors.ts'
import type { Validator } from './validator.ts'

const SLASH = 0x2f

export interface NamespacedValidatorOptions {
  /**
   * True (default): keys without a namespace, and namespaces nobody registered,
   * are refused. False: both are accepted unverified, and `select` takes the
   * first value (py-libp2p's default).
   */
  strictValidation?: boolean
  /** Told when a value of an unregistered namespace is let through unverified. */
  onWarning?: (message: string) => void
}

/**
 * Gives every record key to the validator of its namespace: `/note/hello` to
 * the one registered for `note`. Validators may be changed at any time.
 */
export class NamespacedValidator implements Validator {
  /** By namespace, without slashes. */
  readonly validators: Map<string, Validator>
  strictValidation: boolean
  readonly #onWarning: (message: string) => void

  constructor(
    validators: Iterable<readonly [string, Validator]> | Record<string, Validator> = [],
    options: NamespacedValidatorOptions = {},
  ) {
    const entries = Symbol.iterator in validators ? validators : Object.entries(validators)
    this.validators = new Map(entries)
    this.strictValidation = options.strictValidation ?? true
    this.#onWarning = options.onWarning ?? (() => {})
    for (const namespace of this.validators.keys()) checkNamespace(namespace)
  }

  /** Registers a validator, in place of the one that was there. Throws `InvalidArgumentError` for an unusable name. */
  addValidator(namespace: string, validator: Validator): void {
    checkNamespace(namespace)
    this.validators.set(namespace, validator)
  }

  /** True when there was one. */
  removeValidator(namespace: string): boolean {
    return this.validators.delete(namespace)
  }

  /** The namespace of a key (`note` of `/note/hello`); undefined when it has none. */
  namespaceOf(key: Uint8Array): string | undefined {
    return namespaceOf(key)
  }

  /** True when a validator is registered for the key's namespace. */
  covers(key: Uint8Array): boolean {
    return this.#validatorFor(key) !== undefined
  }

  /**
   * Throws what the namespace's validator throws, and `InvalidRecordTypeError`
   * when there is none and validation is strict.
   */
  async validate(key: Uint8Array, value: Uint8Array): Promise<void> {
    const validator = this.#validatorFor(key) ?? this.#unverified(key)
    await validator?.validate(key, value)
  }

  /**
   * Index of the best value, by the namespace's validator.
   * Throws `InvalidArgumentError` when there are no values, `InvalidRecordError`
   * when the validator's answer is no index, `InvalidRecordTypeError` as `validate`.
   */
  async select(key: Uint8Array, values: Uint8Array[]): Promise<number> {
    if (values.length === 0) throw new InvalidArgumentError('There are no values to select from.')
    const validator = this.#validatorFor(key) ?? this.#unverified(key)
    if (validator === undefined) return 0
    const index = await validator.select(key, values)
    if (Number.isInteger(index) && index >= 0 && index < values.length) return index
    throw new InvalidRecordError(
      `The validator of /${namespaceOf(key)} selected ${index}, which is no index of ${values.length} values.`,
    )
  }

  /** When a valid value stops being valid by its own content; undefined when it does not, or nobody knows. */
  expiresAt(key: Uint8Array, value: Uint8Array): number | undefined {
    return this.#validatorFor(key)?.expiresAt?.(key, value)
  }

  #validatorFor(key: Uint8Array): Validator | undefined {
    const namespace = namespaceOf(key)
    return namespace === undefined ? undefined : this.validators.get(namespace)
  }

  /** No validator: undefined when that is acceptable. */
  #unverified(key: Uint8Array): undefined {
    const namespace = namespaceOf(key)
    if (this.strictValidation) throw new InvalidRecordTypeError(refusal(namespace))
    if (namespace !== undefined) {
      this.#onWarning(`No validator is registered for /${namespace}; its value is taken unverified.`)
    }
    return undefined
  }
}

/** The namespace of a record key: what stands between its first two slashes, when that is valid UTF-8. */
export function namespaceOf(key: Uint8Array): string | undefined {
  if (key[0] !== SLASH) return undefined
  const end = key.indexOf(SLASH, 1)
  if (end <= 1) return undefined
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(key.subarray(1, end))
  } catch {
    return undefined
  }
}

function refusal(namespace: string | undefined): string {
  return namespace === undefined
    ? 'The key has no namespace; record keys read /namespace/name.'
    : `No validator is registered for the namespace /${namespace}.`
}

function checkNamespace(namespace: string): void {
  if (namespace === '' || namespace.includes('/')) {
    throw new InvalidArgumentError(
      `"${namespace}" is no namespace: it must not be empty nor contain a slash.`,
    )
  }
}
