import { ExitCode } from './exit-codes.ts'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Resolves at the first signal to end. A second one ends the process at once. */
export function signalled(): Promise<void> {
  return new Promise((resolve) => {
    let isAsked = false
    for (const signal of SIGNALS) {
      process.on(signal, () => {
        if (isAsked) process.exit(ExitCode.interrupted)
        isAsked = true
        resolve()
      })
    }
  })
}
