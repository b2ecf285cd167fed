import { InvalidRecordTypeError } from '../../dht/errors.ts'
import { NamespacedValidator, namespaceOf } from '../../dht/records/namespaced-validator.ts'
import type { KeyPolicy } from './networks.ts'

/**
 * Validators by namespace under a network's key policy: which keys without a
 * validator of their own are refused, and which are taken unverified.
 */
export class NetworkValidator extends NamespacedValidator {
  readonly #policy: KeyPolicy

  constructor({ strictNamespaces, plainKeys }: KeyPolicy) {
    super([], { strictValidation: false })
    this.#policy = { strictNamespaces, plainKeys }
  }

  /** Throws what the namespace's validator throws, and `InvalidRecordTypeError` where the policy allows no such key. */
  override async validate(key: Uint8Array, value: Uint8Array): Promise<void> {
    this.#checkPolicy(key)
    await super.validate(key, value)
  }

  #checkPolicy(key: Uint8Array): void {
    if (this.covers(key)) return
    const { strictNamespaces, plainKeys } = this.#policy
    const namespace = namespaceOf(key)
    if (namespace === undefined && !plainKeys) {
      throw new InvalidRecordTypeError(
        'The key has no namespace, and this network allows no such keys: name it /namespace/name.',
      )
    }
    if (namespace !== undefined && strictNamespaces) {
      throw new InvalidRecordTypeError(
        `No validator is registered for /${namespace}, and this network refuses values nobody checks: register one first.`,
      )
    }
  }
}
