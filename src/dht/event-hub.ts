import type { Clock } from './clock.ts'
import type { DhtEvent, UntimedDhtEvent } from './events.ts'

/** Takes in every event of the node. Called synchronously, so it should be quick. */
export type EventListener = (event: DhtEvent) => void

/** Puts the times on events and hands them to all who listen: the one place they go through. */
export class EventHub {
  readonly #clock: Pick<Clock, 'now' | 'monotonic'>
  readonly #listeners = new Set<EventListener>()

  constructor(clock: Pick<Clock, 'now' | 'monotonic'>) {
    this.#clock = clock
  }

  readonly publish = (event: UntimedDhtEvent): void => {
    if (this.#listeners.size === 0) return
    const timed: DhtEvent = { ...event, at: this.#clock.now(), monotonicMs: this.#clock.monotonic() }
    for (const listener of this.#listeners) this.#tell(listener, timed)
  }

  /** Returns what ends the subscription. */
  subscribe(listener: EventListener): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** A listener that throws must not break the operation it watches: it is removed, and the others are told. */
  #tell(listener: EventListener, event: DhtEvent): void {
    try {
      listener(event)
    } catch (error) {
      this.#listeners.delete(listener)
      const text = error instanceof Error ? error.message : String(error)
      this.publish({ type: 'warning', message: `A listener for events failed and was removed: ${text}` })
    }
  }
}
