import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type App, createApp } from '../../../src/main/app.ts'
import { customNetwork } from '../../../src/main/node/networks.ts'
import { addressOf, startNode, stopNodes } from '../node/loopback-nodes.ts'

const worker = (path: string) => new URL(`../../../src/main/${path}`, import.meta.url)

/** Node runs the workers' TypeScript as it is: these tests need no build. */
const workers = {
  db: worker('db/db-worker.ts'),
  sandbox: worker('node/sandbox-worker.ts'),
  validator: worker('validators/validator-worker.ts'),
}

/** Its nodes take values of any namespace; the app wants a validator for each. */
const lax = customNetwork({
  name: 'Small',
  protocol: '/small/kad/1.0.0',
  k: 5,
  alpha: 3,
  listen: ['/ip4/127.0.0.1/tcp/0'],
  mode: 'SERVER',
  strictNamespaces: false,
})

export interface SmallNetwork {
  app: App
  networkId: string
  home: string
  close(): Promise<void>
}

/** Three nodes on loopback, and an app that has joined them. */
export async function startSmallNetwork(): Promise<SmallNetwork> {
  const first = await startNode(lax)
  const bootstrap = [addressOf(first)]
  await Promise.all([startNode(lax, { bootstrap }), startNode(lax, { bootstrap })])
  const home = mkdtempSync(join(tmpdir(), 'kadscope-app-'))
  const networks = [{ ...lax, bootstrap, strictNamespaces: true }]
  const app = await createApp({ home, host: 'web', networks, workers })
  await app.join(lax.id)
  return {
    app,
    networkId: lax.id,
    home,
    close: async () => {
      await app.close()
      await stopNodes()
      rmSync(home, { recursive: true, force: true })
    },
  }
}
