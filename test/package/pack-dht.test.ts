import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PACKAGE_NAME, packDht } from '../../scripts/lib/pack-dht.mjs'
import { fromModules, fromRoot } from '../../scripts/lib/paths.mjs'
import { filesBelow } from '../../scripts/lib/stamp.mjs'
import { NamespacedValidator } from '../../src/dht/index.ts'
import { Swarm, text } from '../dht/loopback.ts'

const run = promisify(execFile)
const TIME_LIMIT_MS = 180_000

/** Our declarations are checked too: `skipLibCheck` is off. */
const CONSUMER_OPTIONS = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noEmit: true,
  module: 'nodenext',
  target: 'es2024',
  lib: ['es2024', 'dom', 'dom.asynciterable', 'esnext.disposable'],
}

interface Manifest {
  name: string
  version: string
  dependencies: Record<string, string>
}

const readManifest = (path: string): Manifest => JSON.parse(readFileSync(path, 'utf8'))

/** The code blocks of the library's documentation in one language. */
function blocksOf(language: 'js' | 'ts'): string[] {
  const document = readFileSync(fromRoot('docs', 'library.md'), 'utf8')
  return [...document.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(
    ([, code = '']) => code,
  )
}

/** Packages the examples import beside the library. */
function packagesOf(code: string): string[] {
  const specifiers = [...code.matchAll(/ from '([^']+)'/g)].map(([, specifier = '']) => specifier)
  return specifiers.filter((specifier) => specifier !== PACKAGE_NAME)
}

let folder = ''
/** A folder in which nothing is installed but the tarball, what it depends on, and what the examples import. */
let consumer = ''
let installed = ''

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kadscope-pack-'))
  symlinkSync(fromModules(), join(folder, 'node_modules'))
  const { tarball } = await packDht(process.execPath, join(folder, 'packed'))
  consumer = mkdtempSync(join(tmpdir(), 'kadscope-consumer-'))
  installed = join(consumer, 'node_modules', PACKAGE_NAME)
  mkdirSync(installed, { recursive: true })
  await run('tar', ['-xzf', tarball, '-C', installed, '--strip-components=1'])
  const { dependencies } = readManifest(join(installed, 'package.json'))
  const examples = packagesOf([...blocksOf('js'), ...blocksOf('ts')].join('\n'))
  for (const name of new Set([...Object.keys(dependencies), ...examples])) link(name)
  writeFileSync(join(consumer, 'package.json'), '{ "type": "module" }')
}, TIME_LIMIT_MS)

afterAll(() => {
  for (const path of [folder, consumer]) rmSync(path, { recursive: true, force: true })
})

/** Installs a package as it is installed in the project, so that no registry is needed. */
function link(name: string): void {
  const path = join(consumer, 'node_modules', name)
  mkdirSync(dirname(path), { recursive: true })
  symlinkSync(fromModules(name), path)
}

test('the package has the project’s version, and of its dependencies those it imports alone', () => {
  const own = readManifest(fromRoot('package.json'))
  const packed = readManifest(join(installed, 'package.json'))
  expect(packed).toMatchObject({ name: PACKAGE_NAME, version: own.version, license: 'MIT', type: 'module' })
  const names = Object.keys(packed.dependencies)
  expect(names).toContain('@libp2p/interface')
  for (const name of ['libp2p', 'better-sqlite3', 'electron', 'react', 'zod', '@libp2p/kad-dht'])
    expect(names).not.toContain(name)
  for (const [name, range] of Object.entries(packed.dependencies))
    expect(range).toBe(`^${own.dependencies[name]}`)
})

test('it holds code, types and the sources their maps lead to, and names no path of this machine', () => {
  const files = filesBelow(installed).map((path) => path.slice(installed.length + 1))
  for (const path of ['README.md', 'dist/index.js', 'dist/index.d.ts', 'src/index.ts'])
    expect(files).toContain(path)
  expect(files.filter((path) => !/^(package\.json|README\.md|LICENSE|(src|dist)\/.*)$/.test(path))).toEqual(
    [],
  )
  const map = JSON.parse(readFileSync(join(installed, 'dist', 'kad-dht.js.map'), 'utf8'))
  expect(map.sources).toEqual(['../src/kad-dht.ts'])
  for (const path of files) {
    const content = readFileSync(join(installed, path), 'utf8')
    for (const place of [fromRoot(), folder])
      expect(content.includes(place), `${path} names ${place}`).toBe(false)
  }
})

test(
  'the program of its documentation, in plain Node, joins three nodes, puts a value and gets it',
  async () => {
    const validator = new NamespacedValidator({ note: { validate() {}, select: () => 0 } })
    await using swarm = new Swarm({ protocol: '/notes/kad/1.0.0', validator })
    const servers = await swarm.addServers(3)
    const [program = ''] = blocksOf('js')
    writeFileSync(join(consumer, 'program.js'), program)
    const addresses = servers.slice(0, 1).map(({ address }) => String(address))
    const { stdout } = await run(process.execPath, ['program.js', ...addresses], {
      cwd: consumer,
      timeout: 60_000,
    })
    expect(stdout).toBe('good morning\n')
    for (const { dht } of servers) {
      expect((await dht.valueStore.get(text('/note/hello')))?.value).toEqual(text('good morning'))
    }
  },
  TIME_LIMIT_MS,
)

test(
  'TypeScript accepts the examples against its types, under strict, and knows what they are',
  async () => {
    const examples = blocksOf('ts')
    expect(examples.length).toBeGreaterThanOrEqual(3)
    for (const [index, code] of examples.entries()) writeFileSync(join(consumer, `example-${index}.ts`), code)
    const wrong = `import { kadDHT } from '${PACKAGE_NAME}'\nkadDHT({ mode: 'NEITHER' })\n`
    writeFileSync(join(consumer, 'wrong.ts'), wrong)
    writeFileSync(join(consumer, 'tsconfig.json'), JSON.stringify({ compilerOptions: CONSUMER_OPTIONS }))
    const tsc = [fromModules('typescript', 'bin', 'tsc'), '--pretty', 'false']
    const checked = run(process.execPath, tsc, { cwd: consumer })
    const { stdout } = await checked.then(
      () => ({ stdout: '' }),
      (error: { stdout: string }) => error,
    )
    // What begins with '..' is in the declarations of other packages, some of which have mistakes of their own.
    const errors = stdout.split('\n').filter((line) => /^[^\s.]/.test(line))
    expect(errors).toHaveLength(1)
    expect(errors[0]).toMatch(/^wrong\.ts.*NEITHER/)
  },
  TIME_LIMIT_MS,
)
