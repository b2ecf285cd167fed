import type { Stream } from '@libp2p/interface'
import type { Clock } from '../clock.ts'

const LINGER_MS = 10_000

/**
 * Streams we are done with. Each is closed on our side; one that the other
 * side does not close within 10 s is reset, so that nobody can pile them up.
 */
export class LingeringStreams {
  readonly #clock: Clock
  /** By stream, when it is reset at the latest; earliest first. */
  readonly #deadlines = new Map<Stream, number>()
  #cancelSweep: (() => void) | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Streams not closed by the other side yet. */
  get size(): number {
    return this.#deadlines.size
  }

  /** Closes our side and waits in the background for the other. */
  release(stream: Stream): void {
    if (stream.status !== 'open' && stream.status !== 'closing') return
    this.#deadlines.set(stream, this.#clock.monotonic() + LINGER_MS)
    stream.addEventListener('close', () => this.#deadlines.delete(stream), { once: true })
    stream.close().catch((error: Error) => stream.abort(error))
    this.#scheduleSweep()
  }

  /** Resets all that are left. */
  stop(): void {
    this.#cancelSweep?.()
    this.#cancelSweep = undefined
    for (const stream of [...this.#deadlines.keys()]) this.#reset(stream)
  }

  #scheduleSweep(): void {
    this.#cancelSweep ??= this.#clock.schedule(LINGER_MS, () => {
      this.#cancelSweep = undefined
      this.#sweep()
      if (this.#deadlines.size > 0) this.#scheduleSweep()
    })
  }

  #sweep(): void {
    const now = this.#clock.monotonic()
    for (const [stream, deadlineMs] of this.#deadlines) {
      if (deadlineMs > now) return
      this.#reset(stream)
    }
  }

  #reset(stream: Stream): void {
    this.#deadlines.delete(stream)
    stream.abort(new Error('The other side did not close the stream in time.'))
  }
}
