import type { Command } from 'commander'
import { withNetworkOptions } from '../network-options.ts'
import { portNumber } from '../number.ts'
import type { ServeOptions } from '../serve.ts'

/** `kadscope serve`: the node with its explorer, until a signal ends it. */
export function serveCommand(program: Command): void {
  withNetworkOptions(program.command('serve'))
    .description('run a node and serve the explorer to the browser')
    .option('--web-port <port>', 'port of the explorer on 127.0.0.1; 0 takes any', portNumber, 0)
    .addHelpText(
      'after',
      `
Examples:
  kadscope serve                                   the Sandbox, at a free port
  kadscope serve --web-port 7040 --home ./profile
  kadscope serve --protocol /app/kad/1.0.0 --bootstrap /ip4/192.0.2.7/tcp/4001/p2p/12D3KooW…
From another machine: ssh -L 7040:127.0.0.1:7040 HOST, then open the address that HOST printed.`,
    )
    .action(async (options: ServeOptions) => {
      // The node and its web host take a second to load: other commands go without.
      const { serve } = await import('../serve.ts')
      await serve(options)
    })
}
