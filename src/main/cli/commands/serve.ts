import type { Command } from 'commander'
import { pino } from 'pino'
import { createApp } from '../../app.ts'
import { resolveHome } from '../../node/profile.ts'
import { explorerAssets } from '../../web/explorer-assets.ts'
import { startWebHost } from '../../web/web-host.ts'
import { readBackendFile, writeBackendFile } from '../backend-file.ts'
import { CliError, ExitCode } from '../exit-codes.ts'
import {
  type NetworkOptions,
  networkIdOf,
  networksOf,
  overridesOf,
  withNetworkOptions,
} from '../network-options.ts'
import { portNumber } from '../number.ts'
import { connect } from '../remote-client.ts'
import { signalled } from '../signals.ts'

type ServeOptions = NetworkOptions & { webPort: number }

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
    .action(serve)
}

async function serve(options: ServeOptions): Promise<void> {
  const home = resolveHome(options.home)
  const assets = explorerAssets()
  await refuseSecond(home)
  const log = pino({ level: 'info' }, pino.destination(2))
  const app = await createApp({
    home,
    host: 'web',
    log,
    networks: networksOf(options),
    overrides: overridesOf(options),
  })
  const ended = signalled()
  try {
    const web = await startWebHost({ app, port: options.webPort, assets })
    const { url, token } = web
    const removeFile = writeBackendFile(home, { url, token, port: web.port, pid: process.pid })
    say(options, { ready: true, url, port: web.port, pid: process.pid, home })
    app.join(networkIdOf(options)).catch((error: Error) => log.error(error.message))
    await ended
    removeFile()
    await web.close()
  } finally {
    await app.close()
  }
}

function say({ json }: ServeOptions, ready: { url: string; home: string } & Record<string, unknown>): void {
  const text = `Kadscope is at ${ready.url}\nIts profiles are in ${ready.home}; Ctrl-C ends it.`
  process.stdout.write(`${json ? JSON.stringify(ready) : text}\n`)
}

/** Two backends on one home would fight over its profiles. */
async function refuseSecond(home: string): Promise<void> {
  const address = readBackendFile(home)
  const other = address && (await connect(address))
  if (address === undefined || other === undefined) return
  other.close()
  throw new CliError(
    ExitCode.failed,
    `Kadscope runs already for ${home} (process ${address.pid}): open ${address.url}, or choose another --home.`,
  )
}
