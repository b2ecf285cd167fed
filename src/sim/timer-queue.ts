/** One scheduled task. `task` is undefined once it ran or was cancelled. */
export interface QueuedTimer {
  readonly dueMs: number
  readonly sequence: number
  task: (() => void) | undefined
}

/** A binary heap of timers: earliest first, and in the order of scheduling when due at the same time. */
export class TimerQueue {
  #heap: QueuedTimer[] = []
  #sequence = 0
  #cancelled = 0

  /** Timers that will still run. */
  get size(): number {
    return this.#heap.length - this.#cancelled
  }

  /** Adds a task; the function returned cancels it, twice is harmless. */
  add(dueMs: number, task: () => void): () => void {
    const timer: QueuedTimer = { dueMs, sequence: this.#sequence++, task }
    this.#heap.push(timer)
    this.#siftUp(this.#heap.length - 1)
    return () => {
      if (timer.task === undefined) return
      timer.task = undefined
      this.#cancelled++
      this.#compact()
    }
  }

  /** When the next timer is due; undefined when there is none. */
  nextDueMs(): number | undefined {
    this.#dropCancelled()
    return this.#heap[0]?.dueMs
  }

  /** Takes out the next timer's task; undefined when there is none. */
  take(): (() => void) | undefined {
    this.#dropCancelled()
    const timer = this.#removeFirst()
    const task = timer?.task
    if (timer !== undefined) timer.task = undefined
    return task
  }

  #dropCancelled(): void {
    while (this.#heap[0] !== undefined && this.#heap[0].task === undefined) {
      this.#removeFirst()
      this.#cancelled--
    }
  }

  /** Deadlines are mostly cancelled long before they are due: without this the heap would hold them all. */
  #compact(): void {
    if (this.#cancelled < 1000 || this.#cancelled * 2 < this.#heap.length) return
    this.#heap = this.#heap.filter(({ task }) => task !== undefined).sort(compareTimers)
    this.#cancelled = 0
  }

  #removeFirst(): QueuedTimer | undefined {
    const first = this.#heap[0]
    const last = this.#heap.pop()
    if (last === undefined || last === first) return first
    this.#heap[0] = last
    this.#siftDown(0)
    return first
  }

  #siftUp(start: number): void {
    let at = start
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!this.#swapIfEarlier(at, parent)) return
      at = parent
    }
  }

  #siftDown(start: number): void {
    let at = start
    for (;;) {
      const left = 2 * at + 1
      const right = left + 1
      const child = this.#isEarlier(right, left) ? right : left
      if (!this.#swapIfEarlier(child, at)) return
      at = child
    }
  }

  #isEarlier(a: number, b: number): boolean {
    const timerA = this.#heap[a]
    const timerB = this.#heap[b]
    return timerA !== undefined && timerB !== undefined && compareTimers(timerA, timerB) < 0
  }

  #swapIfEarlier(child: number, parent: number): boolean {
    const lower = this.#heap[child]
    const upper = this.#heap[parent]
    if (lower === undefined || upper === undefined || compareTimers(lower, upper) >= 0) return false
    this.#heap[child] = upper
    this.#heap[parent] = lower
    return true
  }
}

function compareTimers(a: QueuedTimer, b: QueuedTimer): number {
  return a.dueMs - b.dueMs || a.sequence - b.sequence
}
