import { implement } from '@orpc/server'
import type { Logger } from 'pino'
import { type AppInfo, contract } from '../../shared/contract.ts'
import type { FeedEvent } from '../../shared/feed.ts'
import type { NetworkList } from '../backend/network-list.ts'
import type { NetworkSwitch } from '../backend/network-switch.ts'
import { toClientError } from './errors.ts'
import type { FeedHub } from './feed/feed-hub.ts'
import type { NodeView } from './feed/node-view.ts'
import type { OperationRunner } from './operation-runner.ts'

/** What commands work on. */
export interface ApiContext {
  info: AppInfo
  log: Logger
  list: NetworkList
  networks: NetworkSwitch
  operations: OperationRunner
  feeds: FeedHub
  /** Of the node that runs. */
  view(): NodeView | undefined
  /** Tells every client. */
  push(event: FeedEvent): void
}

/** The contract to implement, with every error turned into code and sentence. */
export const os = implement(contract)
  .$context<ApiContext>()
  .use(async ({ context, next }) => {
    try {
      return await next()
    } catch (error) {
      throw toClientError(error, context.log)
    }
  })
