import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const interop = fileURLToPath(new URL('..', import.meta.url))
const HALF_AN_HOUR_MS = 30 * 60_000

/** A command with its arguments, in a folder. */
export interface Step {
  command: string
  args: string[]
  timeoutMs: number
}

/** Another implementation behind the command line of docs/bench.md. */
export interface Implementation {
  name: ImplementationName
  title: string
  /** Folder of its sources. */
  dir: string
  /** What is built, and when again: names in `dir`. */
  sources: string[]
  /** Run in `dir`, one after the other. */
  build: Step[]
  /** What starts the peer; `docs/bench.md`'s arguments follow. */
  run: string[]
}

export type ImplementationName = 'go' | 'rust' | 'py' | 'js'

/** What the tests get of an implementation: how to start it, or why it cannot be had here. */
export type Availability = { run: string[] } | { reason: string }

const step = (command: string, ...args: string[]): Step => ({ command, args, timeoutMs: HALF_AN_HOUR_MS })

const goDir = join(interop, 'go-peer')
const rustDir = join(interop, 'rust-peer')
const pyDir = join(interop, 'py-peer')
const python = process.platform === 'win32' ? 'python' : 'python3'
const venvPython = join(pyDir, 'target', 'venv', 'bin', 'python')

/** Built in this order; everything that is made lies in the `target` of its folder. */
export const implementations: readonly Implementation[] = [
  {
    name: 'go',
    title: 'go-libp2p-kad-dht',
    dir: goDir,
    sources: [
      'go.mod',
      'go.sum',
      ...['main', 'node', 'server', 'client', 'ops', 'print'].map((n) => `${n}.go`),
    ],
    build: [step('go', 'build', '-trimpath', '-o', 'target/go-peer', '.')],
    run: [join(goDir, 'target', 'go-peer')],
  },
  {
    name: 'rust',
    title: 'rust-libp2p kad',
    dir: rustDir,
    sources: ['Cargo.toml', 'Cargo.lock', 'src'],
    build: [step('cargo', 'build', '--release', '--locked')],
    run: [join(rustDir, 'target', 'release', 'rust-peer')],
  },
  {
    name: 'py',
    title: 'py-libp2p',
    dir: pyDir,
    sources: ['requirements.txt'],
    build: [
      step(python, '-m', 'venv', '--clear', join('target', 'venv')),
      step(
        venvPython,
        '-m',
        'pip',
        'install',
        '--quiet',
        '--no-deps',
        '--require-hashes',
        '-r',
        'requirements.txt',
      ),
    ],
    run: [venvPython, join(pyDir, 'peer.py')],
  },
  {
    name: 'js',
    title: '@libp2p/kad-dht',
    dir: join(interop, 'js-peer'),
    sources: [],
    build: [],
    run: [process.execPath, join(interop, 'js-peer', 'peer.ts')],
  },
]
