import { feed } from './commands/feed.ts'
import { keys } from './commands/keys.ts'
import { networks } from './commands/networks.ts'
import { node } from './commands/node.ts'
import { operations } from './commands/operations.ts'
import { peers } from './commands/peers.ts'
import { providers } from './commands/providers.ts'
import { records } from './commands/records.ts'
import { rpcs } from './commands/rpcs.ts'
import { table } from './commands/table.ts'
import { validators } from './commands/validators.ts'
import { os } from './context.ts'

/** The contract, implemented: the same router behind every transport. */
export const router = os.router({
  app: { info: os.app.info.handler(async ({ context }) => context.info) },
  feed,
  networks,
  node,
  peers,
  table,
  keys,
  operations,
  rpcs,
  records,
  providers,
  validators,
})
