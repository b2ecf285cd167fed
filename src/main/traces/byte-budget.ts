/**
 * How many bytes of messages may be kept per second, with a reserve for
 * bursts: a busy server must not fill the disk with what it serves.
 */
export class ByteBudget {
  readonly #bytesPerSecond: number
  readonly #reserveBytes: number
  readonly #maxMessageBytes: number
  #leftBytes: number
  #filledAt = 0

  /** Defaults: 1 MiB a second, a reserve of 16 MiB, and no message over 64 KiB. */
  constructor({
    bytesPerSecond = 1 << 20,
    reserveBytes = 1 << 24,
    maxMessageBytes = 1 << 16,
  }: {
    bytesPerSecond?: number
    reserveBytes?: number
    maxMessageBytes?: number
  } = {}) {
    this.#bytesPerSecond = bytesPerSecond
    this.#reserveBytes = reserveBytes
    this.#maxMessageBytes = maxMessageBytes
    this.#leftBytes = reserveBytes
  }

  /** True when the messages may be kept; then they count. `monotonicMs` is the time of the event they came with. */
  takes(messages: readonly (Uint8Array | undefined)[], monotonicMs: number): boolean {
    this.#fill(monotonicMs)
    const sizes = messages.map((message) => message?.length ?? 0)
    const total = sizes.reduce((sum, size) => sum + size, 0)
    if (total > this.#leftBytes || sizes.some((size) => size > this.#maxMessageBytes)) return false
    this.#leftBytes -= total
    return true
  }

  #fill(monotonicMs: number): void {
    const passedMs = Math.max(0, monotonicMs - this.#filledAt)
    this.#filledAt = Math.max(this.#filledAt, monotonicMs)
    this.#leftBytes = Math.min(this.#reserveBytes, this.#leftBytes + (passedMs * this.#bytesPerSecond) / 1000)
  }
}
