import type { StoredValidator, ValidatorStorage } from '../../../src/main/validators/validator-registry.ts'

/** Node runs the worker's TypeScript as it is. */
export const WORKER_URL = new URL('../../../src/main/validators/validator-worker.ts', import.meta.url)

/** On a busy machine a harmless call may take long; hostile scripts are given the real limit. */
export const PATIENT = { workerUrl: WORKER_URL, timeoutMs: 5_000 }

export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

/** A profile's storage in memory: a restart keeps the object. */
export class FakeStorage implements ValidatorStorage {
  readonly stored = new Map<string, StoredValidator>()
  /** When set, writing fails with it. */
  failure: Error | undefined

  async list(): Promise<StoredValidator[]> {
    return structuredClone([...this.stored.values()])
  }

  async put(validator: StoredValidator): Promise<void> {
    if (this.failure) throw this.failure
    this.stored.set(validator.namespace, structuredClone(validator))
  }

  async remove(namespace: string): Promise<void> {
    if (this.failure) throw this.failure
    this.stored.delete(namespace)
  }
}
