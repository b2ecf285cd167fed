import { useEffect, useState } from 'react'
import type { ParsedKey } from '../../../shared/contract.ts'
import { api, type ShownError, shownError } from '../../api.ts'

/** How long nothing is typed before the key is read, in milliseconds. */
const DEBOUNCE_MS = 150

/** What is known of a key as it is typed. */
export type KeyCheck =
  | { status: 'empty' }
  | { status: 'checking' }
  | { status: 'read'; parsed: ParsedKey }
  | { status: 'failed'; error: ShownError }

/** Has the backend read a key while it is typed; an answer to an older text is dropped. */
export function useParsedKey(
  networkId: string | undefined,
  text: string,
  as: 'record' | 'provider' | 'peer' | 'any',
): KeyCheck {
  const [settled, setSettled] = useState<{ text: string; as: string; check: KeyCheck }>()
  const isEmpty = text.trim() === ''
  useEffect(() => {
    if (networkId === undefined || isEmpty) return
    let isCurrent = true
    const settle = (check: KeyCheck) => isCurrent && setSettled({ text, as, check })
    const timer = setTimeout(() => {
      api.keys.parse({ networkId, text: text.trim(), as }).then(
        (parsed) => settle({ status: 'read', parsed }),
        (cause: unknown) => settle({ status: 'failed', error: shownError(cause) }),
      )
    }, DEBOUNCE_MS)
    return () => {
      isCurrent = false
      clearTimeout(timer)
    }
  }, [networkId, text, as, isEmpty])
  if (isEmpty || networkId === undefined) return { status: 'empty' }
  return settled?.text === text && settled.as === as ? settled.check : { status: 'checking' }
}

/** The key, when it may be used. */
export function readKey(check: KeyCheck): Extract<ParsedKey, { ok: true }> | undefined {
  return check.status === 'read' && check.parsed.ok ? check.parsed : undefined
}
