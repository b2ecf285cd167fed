/**
 * Rules of one namespace. Both may be async, because a user's validator runs in
 * a worker. Keys are the whole record key in bytes (`/ns/…`).
 */
export interface Validator {
  /** Throws (any error; its message is shown) when the value must not be stored under the key. */
  validate(key: Uint8Array, value: Uint8Array): void | Promise<void>
  /** Index of the best of `values`, all of which passed `validate`. */
  select(key: Uint8Array, values: Uint8Array[]): number | Promise<number>
  /**
   * When a valid value stops being valid by its own content (an IPNS record's
   * end of life), in milliseconds since the epoch; undefined when it does not.
   * Stores keep it no longer than that.
   */
  expiresAt?(key: Uint8Array, value: Uint8Array): number | undefined
}
