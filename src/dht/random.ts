/** Chance as the core sees it: the node passes the system's, tests and the simulator a seeded one. */
export interface Random {
  /** A number in [0, 1). */
  next(): number
  /** `length` random bytes. */
  bytes(length: number): Uint8Array
}
