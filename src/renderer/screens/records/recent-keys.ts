import type { OperationRow } from '../../../shared/rows.ts'

const kinds: readonly OperationRow['kind'][] = ['GET_VALUE', 'PUT_VALUE', 'PROVIDE', 'FIND_PROVIDERS']

/** Keys of records and content that were worked with, latest first, each once. */
export function recentKeys(operations: readonly OperationRow[]): string[] {
  return [...new Set(operations.filter(({ kind }) => kinds.includes(kind)).map(({ key }) => key.text))]
}
