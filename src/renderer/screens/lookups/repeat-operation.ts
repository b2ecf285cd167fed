import type { OperationInput } from '../../../shared/contract.ts'
import type { OperationRow } from '../../../shared/rows.ts'

/**
 * The input that runs a lookup again. Absent for the node's own operations,
 * and for those that write: they are repeated in Records, where it is said to
 * whom the record goes.
 */
export function repeatInput({ kind, key, networkId }: OperationRow): OperationInput | undefined {
  switch (kind) {
    case 'FIND_PEER':
      return { networkId, kind, peer: key.text }
    case 'CLOSEST_PEERS':
    case 'GET_VALUE':
    case 'FIND_PROVIDERS':
      return { networkId, kind, key: key.text }
    case 'PUT_VALUE':
    case 'PROVIDE':
    case 'REFRESH':
    case 'CORRECTION':
      return undefined
  }
}
