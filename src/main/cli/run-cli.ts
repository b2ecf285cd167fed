import { ORPCError } from '@orpc/client'
import { CommanderError } from 'commander'
import { CliError, ExitCode } from './exit-codes.ts'
import { printError } from './output.ts'
import { makeProgram } from './program.ts'

/** Runs the command line and ends the process with its exit code. */
export async function runCli(argv: readonly string[]): Promise<never> {
  const program = makeProgram()
  try {
    await program.parseAsync(argv)
    process.exit(process.exitCode ?? ExitCode.ok)
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exit(error.exitCode === 0 ? ExitCode.ok : ExitCode.usage)
    }
    const message = error instanceof Error ? error.message : String(error)
    printError(message, exitCodeOf(error), argv.includes('--json'))
    process.exit(exitCodeOf(error))
  }
}

/** Refusals have codes of their own; what a validator or the network's rules refuse can be mended by the caller. */
function exitCodeOf(error: unknown): number {
  if (error instanceof CliError) return error.exitCode
  const code = error instanceof ORPCError ? error.code : undefined
  if (code === undefined) return ExitCode.failed
  if (code === 'BAD_REQUEST' || code.startsWith('ERR_INVALID_')) return ExitCode.usage
  return code.startsWith('ERR_UNKNOWN_') ? ExitCode.notFound : ExitCode.failed
}
