import type { OperationInput, OperationResult } from '../../shared/contract.ts'
import { CliError, ExitCode } from './exit-codes.ts'
import type { Session } from './session.ts'

type Unnetworked<I> = I extends OperationInput ? Omit<I, 'networkId'> : never

/**
 * Runs one operation to its end; Ctrl-C cancels it. Throws a `CliError` when
 * it was refused, cancelled, or failed.
 */
export async function runOperation(
  { client, networkId, signal }: Session,
  input: Unnetworked<OperationInput>,
): Promise<OperationResult> {
  const { id } = await client.operations.start({ ...input, networkId })
  const cancel = () => void client.operations.cancel({ id }).catch(() => {})
  signal.addEventListener('abort', cancel, { once: true })
  if (signal.aborted) cancel()
  try {
    const result = await client.operations.result({ id })
    const { reason, error } = result.operation
    if (error !== undefined) throw new CliError(exitCodeOf(reason), error.message)
    return result
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}

function exitCodeOf(reason: OperationResult['operation']['reason']): ExitCode {
  if (reason === 'refused') return ExitCode.refused
  return reason === 'cancelled' ? ExitCode.interrupted : ExitCode.failed
}
