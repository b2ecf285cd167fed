import type { Clock } from '../clock.ts'
import type { Publish } from '../events.ts'
import type { GroupOf } from '../lookup/closers.ts'
import type { Network } from '../network.ts'
import type { Random } from '../random.ts'
import type { Validator } from '../records/validator.ts'
import type { ProviderStorage } from '../stores/provider-storage.ts'
import type { ValueStorage } from '../stores/value-storage.ts'
import type { LookupTable, Requests } from './requests.ts'
import type { DhtSettings } from './settings.ts'

/** Everything an operation works with. One per node. */
export interface DhtContext {
  network: Network
  clock: Clock
  random: Random
  table: LookupTable
  requests: Requests
  values: ValueStorage
  providers: ProviderStorage
  validator: Validator
  publish: Publish
  settings: DhtSettings
  /** IP group of a peer, for the caps of protocol.md §4. Default: `ipGroup`. */
  groupOf?: GroupOf
  /** 1, 2, 3, … */
  nextOperationId(): number
}
