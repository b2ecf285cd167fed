import type { ComponentLogger, Logger } from '@libp2p/interface'

/**
 * A logger that says nothing. libp2p makes a new scope for every stream, and
 * its default logger asks the terminal for colours each time; this one is a
 * single object.
 */
export function silentLogger(): ComponentLogger {
  const nothing = () => {}
  const log: Logger = Object.assign(nothing, {
    error: nothing,
    trace: nothing,
    enabled: false,
    newScope: () => log,
  })
  return { forComponent: () => log }
}
