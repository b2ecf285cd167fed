import { useEffect, useState } from 'react'
import type { OperationRow } from '../../../shared/rows.ts'
import { api, type ShownError, shownError } from '../../api.ts'
import { useApp } from '../../state/app-store.ts'

/** The row of an operation: that of the feed, or of one too old for it as the backend has it. */
export function useOperation(id: string): {
  operation: OperationRow | undefined
  error: ShownError | undefined
} {
  const live = useApp(({ operations }) => operations.find((row) => row.id === id))
  const isConnected = useApp(({ feed }) => feed.feedId !== undefined)
  const [kept, setKept] = useState<OperationRow>()
  const [error, setError] = useState<ShownError>()
  const isMissing = live === undefined && isConnected
  useEffect(() => {
    if (!isMissing) return
    let isCurrent = true
    api.operations.trace({ id }).then(
      ({ operation }) => isCurrent && setKept(operation),
      (cause: unknown) => isCurrent && setError(shownError(cause)),
    )
    return () => {
      isCurrent = false
    }
  }, [id, isMissing])
  return { operation: live ?? kept, error }
}
