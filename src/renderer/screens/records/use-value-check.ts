import { useEffect, useState } from 'react'
import type { BytesInput } from '../../../shared/contract.ts'
import { api, type ShownError, shownError } from '../../api.ts'

const DEBOUNCE_MS = 200

type Judgement = Awaited<ReturnType<typeof api.validators.check>>

/** What the validator in force says of a value, as it is typed. */
export interface ValueCheck {
  /** Of exactly this key and value; absent until it is there. */
  judgement: Judgement | undefined
  error: ShownError | undefined
  isChecking: boolean
}

/** Asks the validator in force about a value while it is typed; nothing is asked without a key or value. */
export function useValueCheck(
  networkId: string | undefined,
  key: string | undefined,
  value: BytesInput | undefined,
): ValueCheck {
  const question =
    networkId === undefined || key === undefined || value === undefined
      ? undefined
      : JSON.stringify({ networkId, key, value })
  const [answer, setAnswer] = useState<{ question: string; judgement?: Judgement; error?: ShownError }>()
  useEffect(() => {
    if (question === undefined) return
    let isCurrent = true
    const timer = setTimeout(() => {
      api.validators.check(JSON.parse(question)).then(
        (judgement) => isCurrent && setAnswer({ question, judgement }),
        (cause: unknown) => isCurrent && setAnswer({ question, error: shownError(cause) }),
      )
    }, DEBOUNCE_MS)
    return () => {
      isCurrent = false
      clearTimeout(timer)
    }
  }, [question])
  const current = answer !== undefined && answer.question === question ? answer : undefined
  return {
    judgement: current?.judgement,
    error: current?.error,
    isChecking: question !== undefined && current === undefined,
  }
}
