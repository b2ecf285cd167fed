import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { print } from './peer/print.ts'
import { figuresTable } from './worlds/figures-table.ts'
import { measureWorld, type WorldFigures } from './worlds/measure-world.ts'

/** `node bench/worlds.ts [SERVERS…]`: builds worlds of these sizes and looks keys up in them, each in a process of its own. */
const DEFAULT_SIZES = ['1000', '10000', '100000']

/** The heap may take what targets.md P6 allows; worlds live long, so a large nursery only copies them less often. */
const NODE_FLAGS = ['--max-old-space-size=8192', '--max-semi-space-size=64', '--expose-gc']

const [mode, size] = process.argv.slice(2)
if (mode === '--one') print(await measureWorld(Number(size)))
else
  process.stdout.write(
    figuresTable((mode === undefined ? DEFAULT_SIZES : process.argv.slice(2)).map(inOwnProcess)),
  )

/** Memory is only told well in a process that has built nothing else. */
function inOwnProcess(servers: string): WorldFigures {
  const args = [...process.execArgv, ...NODE_FLAGS, fileURLToPath(import.meta.url), '--one', servers]
  const { status, stdout } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (status !== 0) throw new Error(`The world of ${servers} ended with ${status}; its errors stand above.`)
  return JSON.parse(stdout)
}
