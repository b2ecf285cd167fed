import { useEffect, useState } from 'react'
import type { ValidatorTestResult } from '../../../shared/contract.ts'
import type { ValidatorDefinition } from '../../../shared/rows.ts'
import { api, type ShownError, shownError } from '../../api.ts'

const DEBOUNCE_MS = 300

export interface ValidatorTest {
  /** Of exactly this definition and these samples, or of those before while they are being tried. */
  result: ValidatorTestResult | undefined
  error: ShownError | undefined
  isRunning: boolean
}

/** Tries a definition on samples while either is edited; nothing is registered by it. */
export function useValidatorTest(
  networkId: string | undefined,
  definition: ValidatorDefinition | undefined,
  /** The record key they would be stored under. */
  key: string,
  values: readonly string[],
): ValidatorTest {
  const samples = values.map((data) => ({ key, value: { encoding: 'utf8', data } }))
  const question =
    networkId === undefined || definition === undefined
      ? undefined
      : JSON.stringify({ networkId, definition, samples })
  const [answer, setAnswer] = useState<{
    question: string
    result?: ValidatorTestResult
    error?: ShownError
  }>()
  useEffect(() => {
    if (question === undefined) return
    let isCurrent = true
    const timer = setTimeout(() => {
      api.validators.test(JSON.parse(question)).then(
        (result) => isCurrent && setAnswer({ question, result }),
        (cause: unknown) => isCurrent && setAnswer({ question, error: shownError(cause) }),
      )
    }, DEBOUNCE_MS)
    return () => {
      isCurrent = false
      clearTimeout(timer)
    }
  }, [question])
  const isRunning = question !== undefined && answer?.question !== question
  return { result: answer?.result, error: isRunning ? undefined : answer?.error, isRunning }
}
