import type { OperationKind } from '../../../shared/trace-event.ts'

/** The names of operations as the screen has them. */
export const kindNames: Record<OperationKind, string> = {
  FIND_PEER: 'find peer',
  CLOSEST_PEERS: 'closest peers',
  GET_VALUE: 'get value',
  PUT_VALUE: 'put value',
  PROVIDE: 'provide',
  FIND_PROVIDERS: 'find providers',
  REFRESH: 'refresh',
  CORRECTION: 'correction',
}

/** Groups that the list can be narrowed to. */
export const kindGroups = {
  all: [],
  reads: ['GET_VALUE', 'FIND_PROVIDERS', 'FIND_PEER', 'CLOSEST_PEERS'],
  writes: ['PUT_VALUE', 'PROVIDE', 'CORRECTION'],
  upkeep: ['REFRESH'],
} as const satisfies Record<string, readonly OperationKind[]>
export type KindGroup = keyof typeof kindGroups
