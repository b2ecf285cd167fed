import type { Outcome } from '../../../shared/rows.ts'
import type { RequestFailure } from '../../../shared/trace-event.ts'
import type { TraceRequest } from './trace-model.ts'

/**
 * What came of a request. A late answer stays `slow`: the lookup had gone on
 * without it. A request that was dropped when the lookup ended is `slow` when
 * its soft deadline had passed, else `cancelled`.
 */
export function requestOutcome({ replied, failed, slow, stored, value }: TraceRequest): Outcome {
  if (stored?.ok === false && isRefusal(stored.failure)) return 'rejected'
  if (value?.rejected !== undefined) return 'rejected'
  if (failed !== undefined) return failureOutcome(failed.failure, slow !== undefined)
  if (slow !== undefined || replied?.late === true) return 'slow'
  if (replied !== undefined || stored?.ok === true) return 'ok'
  return stored?.failure === undefined ? 'pending' : storeFailureOutcome(stored.failure)
}

type StoreFailure = NonNullable<NonNullable<TraceRequest['stored']>['failure']>

function isRefusal(failure: StoreFailure | undefined): boolean {
  return failure === 'rejected' || failure === 'mismatch'
}

function storeFailureOutcome(failure: StoreFailure): Outcome {
  return failure === 'rejected' || failure === 'mismatch' ? 'rejected' : failureOutcome(failure, false)
}

function failureOutcome(failure: RequestFailure, wasSlow: boolean): Outcome {
  switch (failure) {
    case 'timeout':
    case 'dial':
      return 'timeout'
    case 'cancelled':
      return wasSlow ? 'slow' : 'cancelled'
    case 'unsupported':
    case 'invalid':
    case 'no-address':
      return 'rejected'
    case 'reset':
      return 'reset'
  }
}

const failureTexts: Record<StoreFailure, string> = {
  dial: 'no connection',
  'no-address': 'no address',
  unsupported: 'other protocol',
  timeout: 'no answer',
  reset: 'reset',
  invalid: 'unreadable answer',
  cancelled: 'dropped',
  rejected: 'not stored',
  mismatch: 'other value kept',
}

/** In two or three words what went wrong; absent when nothing did or nobody knows yet. */
export function shortReason({ failed, slow, stored, value, replied }: TraceRequest): string | undefined {
  if (stored?.failure !== undefined) return failureTexts[stored.failure]
  if (value?.rejected !== undefined) return value.rejected
  if (failed?.failure === 'cancelled' && slow !== undefined) return 'silent'
  if (failed !== undefined) return failureTexts[failed.failure]
  return slow !== undefined && replied !== undefined ? 'late' : undefined
}
