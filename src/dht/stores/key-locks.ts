/** Runs tasks for one key one after the other, tasks for different keys side by side. */
export class KeyLocks {
  readonly #tails = new Map<string, Promise<void>>()

  /** Keys with a task running or waiting. */
  get size(): number {
    return this.#tails.size
  }

  /** Runs `task` when all earlier ones for `key` have ended, however they ended. */
  async run<T>(key: string, task: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key)
    const result = before === undefined ? task() : before.then(task)
    const tail = result.then(ignore, ignore)
    this.#tails.set(key, tail)
    try {
      return await result
    } finally {
      if (this.#tails.get(key) === tail) this.#tails.delete(key)
    }
  }

  /** Resolves when no task is left. */
  async idle(): Promise<void> {
    while (this.#tails.size > 0) await Promise.all(this.#tails.values())
  }
}

function ignore(): void {}
