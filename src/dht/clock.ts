/**
 * Time as the core sees it. The node passes the system's; tests and the
 * simulator pass a virtual one, so that a run can be repeated.
 */
export interface Clock {
  /** Wall time in milliseconds since the Unix epoch. May jump when the system's clock is set. */
  now(): number
  /** Milliseconds since an arbitrary origin. Never goes back; what durations and deadlines use. */
  monotonic(): number
  /** Runs `task` once, `delayMs` from now. The function returned cancels it; calling it twice is harmless. */
  schedule(delayMs: number, task: () => void): () => void
}
