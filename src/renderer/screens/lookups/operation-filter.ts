import type { OperationRow } from '../../../shared/rows.ts'
import { type KindGroup, kindGroups, kindNames } from './kind-names.ts'

/** What the list of operations is narrowed to. */
export interface OperationFilter {
  /** Part of the key, the result or the kind's name; upper and lower case are the same. */
  text: string
  group: KindGroup
}

/** Whether an operation is in the list. The backend's `operations.list` filters by key and result alike. */
export function matchesFilter(row: OperationRow, { text, group }: OperationFilter): boolean {
  const kinds: readonly string[] = kindGroups[group]
  if (kinds.length > 0 && !kinds.includes(row.kind)) return false
  const wanted = text.trim().toLowerCase()
  return [row.key.text, row.result, kindNames[row.kind]].some((field) => field.toLowerCase().includes(wanted))
}

/** Rows of the feed and older ones that were asked for: newest first, each once, those of the feed winning. */
export function joinOperations(
  live: readonly OperationRow[],
  older: readonly OperationRow[],
): OperationRow[] {
  const byId = new Map([...older, ...live].map((row) => [row.id, row]))
  return [...byId.values()].sort((a, b) => b.startedAt - a.startedAt || (a.id < b.id ? 1 : -1))
}
