import { pino } from 'pino'
import { createApp } from '../app.ts'
import { resolveHome } from '../node/profile.ts'
import { explorerAssets } from '../web/explorer-assets.ts'
import { startWebHost } from '../web/web-host.ts'
import { readBackendFile, writeBackendFile } from './backend-file.ts'
import { CliError, ExitCode } from './exit-codes.ts'
import { type NetworkOptions, networkIdOf, networksOf, overridesOf } from './network-options.ts'
import { connect } from './remote-client.ts'
import { signalled } from './signals.ts'

export type ServeOptions = NetworkOptions & { webPort: number }

/**
 * Runs the backend and its web host until a signal ends them. The explorer can
 * be opened at once: it shows how the network is joined. Throws a `CliError`
 * when another backend has the home, and what `startWebHost` throws.
 */
export async function serve(options: ServeOptions): Promise<void> {
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
