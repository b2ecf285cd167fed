/** How `kadscope` ends, for scripts. */
export const ExitCode = {
  ok: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  unreachable: 4,
  refused: 5,
  interrupted: 130,
} as const
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode]

export const exitCodesHelp = `
Exit codes:
  0    done
  1    failed: what went wrong is on stderr
  2    the command line was wrong
  3    not found: nobody has the value, the provider, the peer or the lookup
  4    the network, or the backend of that home, cannot be reached
  5    refused: a validator, a newer record or the network's rules said no
  130  ended by Ctrl-C`

/** Ends the command with a sentence on stderr and an exit code. */
export class CliError extends Error {
  readonly exitCode: ExitCode

  constructor(exitCode: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'CliError'
    this.exitCode = exitCode
  }
}
