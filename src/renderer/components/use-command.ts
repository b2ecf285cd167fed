import { useCallback, useLayoutEffect, useRef, useState } from 'react'
import { type ShownError, shownError } from '../api.ts'

export interface Command<Args extends unknown[], Result> {
  /** Runs it; resolves undefined when it failed, which `error` then tells. */
  run(...args: Args): Promise<Result | undefined>
  readonly isRunning: boolean
  /** Of the last run. */
  readonly error: ShownError | undefined
  readonly result: Result | undefined
  reset(): void
}

interface Progress<Result> {
  isRunning: boolean
  error?: ShownError
  result?: Result
}

/** A command with its progress, result and error; of two runs the later one counts. `run` never changes. */
export function useCommand<Args extends unknown[], Result>(
  command: (...args: Args) => Promise<Result>,
): Command<Args, Result> {
  const [progress, setProgress] = useState<Progress<Result>>({ isRunning: false })
  const latest = useRef(0)
  // `api.some.command` is another function at every reading: `run` must stay the same, so that effects may name it.
  const current = useRef(command)
  useLayoutEffect(() => {
    current.current = command
  })
  const run = useCallback(async (...args: Args) => {
    const id = ++latest.current
    const settle = (next: Progress<Result>) => id === latest.current && setProgress(next)
    setProgress({ isRunning: true })
    try {
      const result = await current.current(...args)
      settle({ isRunning: false, result })
      return result
    } catch (error) {
      settle({ isRunning: false, error: shownError(error) })
      return undefined
    }
  }, [])
  const reset = useCallback(() => {
    latest.current++
    setProgress({ isRunning: false })
  }, [])
  return { run, reset, isRunning: progress.isRunning, error: progress.error, result: progress.result }
}
