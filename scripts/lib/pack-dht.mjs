// src/dht as an npm package: its sources, what the TypeScript compiler makes of them, and a package.json and README
// drawn from this project's own.
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './child.mjs'
import { SetupError } from './fail.mjs'
import { lastLines, runNpm } from './packages.mjs'
import { fromModules, fromRoot } from './paths.mjs'
import { step } from './say.mjs'
import { filesBelow, writeText } from './stamp.mjs'

export const PACKAGE_NAME = 'kadscope-dht'

/** What differs from the project's own compiler options. Node's types stay out: the library needs no Node. */
const COMPILER_OPTIONS = {
  noEmit: false,
  allowJs: false,
  checkJs: false,
  types: [],
  rewriteRelativeImportExtensions: true,
  declaration: true,
  declarationMap: true,
  sourceMap: true,
  rootDir: 'src',
  outDir: 'dist',
}

/**
 * Makes the package in a folder of its name below `folder`, and its tarball beside that.
 * @param {string} node path of the project's Node
 * @param {string} folder absolute; from here or above it, the project's node_modules must be found
 * @returns {Promise<{ tarball: string }>}
 * @throws {SetupError} in one sentence
 */
export async function packDht(node, folder) {
  const staging = join(folder, PACKAGE_NAME)
  rmSync(staging, { recursive: true, force: true })
  mkdirSync(staging, { recursive: true })
  cpSync(fromRoot('src', 'dht'), join(staging, 'src'), { recursive: true })
  cpSync(fromRoot('docs', 'library.md'), join(staging, 'README.md'))
  if (existsSync(fromRoot('LICENSE'))) cpSync(fromRoot('LICENSE'), join(staging, 'LICENSE'))
  await step(`Compiling ${PACKAGE_NAME}`, () => compile(node, staging))
  const manifest = manifestOf(readJson(fromRoot('package.json')), await importedPackages(staging))
  writeText(join(staging, 'package.json'), JSON.stringify(manifest, null, 2))
  return { tarball: await pack(staging, folder) }
}

/** @param {string} node @param {string} staging */
async function compile(node, staging) {
  const config = join(staging, 'tsconfig.json')
  const options = { extends: fromRoot('tsconfig.json'), compilerOptions: COMPILER_OPTIONS, include: ['src'] }
  writeText(config, JSON.stringify({ ...options, exclude: [] }))
  const { ok, output } = await run(node, [fromModules('typescript', 'bin', 'tsc'), '-p', config])
  rmSync(config)
  if (!ok) throw new SetupError(`src/dht does not compile by itself: ${lastLines(output)}`)
}

/**
 * Packages that the compiled code and its types import.
 * @param {string} staging
 * @returns {Promise<string[]>} their names, sorted
 */
async function importedPackages(staging) {
  const { default: ts } = await import('typescript')
  const files = filesBelow(join(staging, 'dist')).filter((path) => /\.(js|d\.ts)$/.test(path))
  const specifiers = files.flatMap((path) =>
    ts.preProcessFile(readFileSync(path, 'utf8')).importedFiles.map(({ fileName }) => fileName),
  )
  const packages = specifiers.filter((specifier) => !specifier.startsWith('.')).map(packageOf)
  return [...new Set(packages)].sort()
}

/** '@scope/name' of '@scope/name/part', 'name' of 'name/part'. @param {string} specifier */
function packageOf(specifier) {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

/**
 * The library's package.json. Versions the project is tested with become the oldest of a range, so that the library
 * shares its user's copy of libp2p.
 * @param {{ version: string, license: string, engines: object, dependencies: Record<string, string> }} own
 * @param {string[]} packages
 * @throws {SetupError} when one of them is no dependency of the project
 */
function manifestOf({ version, license, engines, dependencies }, packages) {
  return {
    name: PACKAGE_NAME,
    version,
    description: 'A Kademlia DHT for js-libp2p: client, server and service',
    keywords: ['libp2p', 'kademlia', 'dht', 'ipfs', 'ipns', 'content-routing', 'peer-routing'],
    license,
    type: 'module',
    sideEffects: false,
    exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
    types: './dist/index.d.ts',
    files: ['dist', 'src'],
    engines,
    dependencies: Object.fromEntries(packages.map((name) => [name, rangeOf(name, dependencies[name])])),
  }
}

/** @param {string} name @param {string | undefined} version */
function rangeOf(name, version) {
  if (version === undefined)
    throw new SetupError(
      `src/dht imports ${name}, which is no dependency in package.json: add it, or do without.`,
    )
  return `^${version}`
}

/** @param {string} staging @param {string} folder @returns {Promise<string>} path of the tarball */
async function pack(staging, folder) {
  const args = ['pack', staging, '--pack-destination', folder, '--ignore-scripts', '--json']
  const { ok, output, stdout } = await runNpm(args)
  if (!ok) throw new SetupError(`npm could not pack ${PACKAGE_NAME}: ${lastLines(output)}`)
  // npm 12 answers with an object by package name, those before it with a list.
  const [packed] = Object.values(JSON.parse(stdout))
  return join(folder, packed.filename)
}

/** @param {string} path */
function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'))
}
