import { Command } from 'commander'
import { version } from '../version.ts'
import { contentCommands } from './commands/content.ts'
import { lookupCommands } from './commands/lookups.ts'
import { peerCommands } from './commands/peers.ts'
import { serveCommand } from './commands/serve.ts'
import { validatorCommands } from './commands/validators.ts'
import { valueCommands } from './commands/values.ts'
import { exitCodesHelp } from './exit-codes.ts'

/** The command line with all its commands. It throws where commander would end the process. */
export function makeProgram(): Command {
  const program = new Command('kadscope')
    .description('Explore and use libp2p Kademlia DHTs.')
    .version(version)
    .showHelpAfterError('Try kadscope --help.')
    .addHelpText('after', exitCodesHelp)
    .exitOverride()
  serveCommand(program)
  valueCommands(program)
  contentCommands(program)
  peerCommands(program)
  lookupCommands(program)
  validatorCommands(program)
  return program
}
