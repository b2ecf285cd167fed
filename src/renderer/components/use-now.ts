import { useSyncExternalStore } from 'react'

/** One clock for all relative times, so that they turn together. */
const INTERVAL_MS = 1000
const listeners = new Set<() => void>()
let now = Date.now()
let timer: ReturnType<typeof setInterval> | undefined

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(() => {
    now = Date.now()
    for (const each of listeners) each()
  }, INTERVAL_MS)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

function current(): number {
  // Nobody listens yet: the kept time may be old.
  if (timer === undefined) now = Date.now()
  return now
}

/** The wall time, which renders again every second. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, current)
}
