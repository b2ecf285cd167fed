import { ORPCError, ValidationError } from '@orpc/server'
import type { Logger } from 'pino'
import { z } from 'zod'

/**
 * Any error as the client gets it: a stable code and a sentence. Errors of
 * ours have both; what is unexpected is logged whole and answered with a
 * sentence that says where to look.
 */
export function toClientError(error: unknown, log: Pick<Logger, 'error'>): ORPCError<string, unknown> {
  if (error instanceof ORPCError) return ofValidation(error) ?? error
  if (error instanceof Error && 'code' in error && isOurs(error.code)) {
    return new ORPCError(error.code, { status: 409, message: error.message, cause: error })
  }
  log.error({ err: error }, 'a command failed unexpectedly')
  const reason = error instanceof Error ? error.message : String(error)
  return new ORPCError('ERR_UNEXPECTED', {
    status: 500,
    message: `The command failed unexpectedly (${reason}); the backend's log says more.`,
    cause: error,
  })
}

/** Codes of ours are words in capitals; those of Node (`ENOENT`) and of SQLite are not sentences for people. */
function isOurs(code: unknown): code is string {
  return typeof code === 'string' && /^[A-Z]+(_[A-Z]+)+$/.test(code) && !code.startsWith('SQLITE')
}

/** Input of the wrong shape, with the first thing that is wrong in a sentence. */
function ofValidation(error: ORPCError<string, unknown>): ORPCError<string, unknown> | undefined {
  if (!(error.cause instanceof ValidationError)) return undefined
  const [issue] = error.cause.issues
  const path = issue?.path?.map((part) => (typeof part === 'object' ? part.key : part)).join('.')
  const what = issue?.message ?? z.prettifyError(new z.ZodError([]))
  const message = path ? `${path}: ${what}` : what
  return new ORPCError(error.code, { message, cause: error.cause, data: { issues: error.cause.issues } })
}
