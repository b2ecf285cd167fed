// npm run check [-- NAMES]: everything that is checked without running the product: types, lint (format too), imports,
// dead code. Fails on a warning as on an error. NAMES picks some of them.
import { existsSync } from 'node:fs'
import { relative } from 'node:path'
import { run } from './lib/child.mjs'
import { runMain, SetupError } from './lib/fail.mjs'
import { checkImports } from './lib/import-check.mjs'
import { fromModules, fromRoot, root } from './lib/paths.mjs'
import { prepare } from './lib/prepare.mjs'
import { say } from './lib/say.mjs'
import { filesBelow } from './lib/stamp.mjs'

/** @typedef {{ ok: boolean, output: string }} Outcome */

/** @type {Record<string, (node: string) => Promise<Outcome>>} */
const CHECKS = {
  types: (node) =>
    run(node, [fromModules('typescript', 'bin', 'tsc'), '--noEmit', '--pretty', 'false'], { cwd: root }),
  lint: (node) =>
    run(
      node,
      [
        fromModules('@biomejs', 'biome', 'bin', 'biome'),
        'ci',
        '--colors=off',
        '--error-on-warnings',
        '--max-diagnostics=50',
      ],
      {
        cwd: root,
      },
    ),
  imports,
  'dead code': (node) =>
    run(node, [fromModules('knip', 'bin', 'knip.js'), '--no-progress', '--treat-config-hints-as-errors'], {
      cwd: root,
    }),
}

await runMain(async () => {
  const node = await prepare()
  const names = process.argv.slice(2)
  const unknown = names.find((name) => !(name in CHECKS))
  if (unknown)
    throw new SetupError(`There is no check ${unknown}: choose of ${Object.keys(CHECKS).join(', ')}.`, {
      exitCode: 2,
    })
  const failed = []
  for (const [name, check] of Object.entries(CHECKS)) {
    if (names.length > 0 && !names.includes(name)) continue
    const { ok, output } = await check(node)
    say(`${ok ? '✓' : '✗'} ${name}`)
    if (!ok) say(output.trimEnd())
    if (!ok) failed.push(name)
  }
  if (failed.length > 0)
    throw new SetupError(`Not in order: ${failed.join(', ')}; what is wrong stands above.`)
})

/** @param {string} node @returns {Promise<Outcome>} */
async function imports(node) {
  const folders = ['src', 'bench', 'test'].filter((folder) => existsSync(fromRoot(folder)))
  const { violations, seen } = await checkImports(node, folders)
  const lines = violations.map(({ rule, from, to }) => `${rule}: ${from} → ${to}`)
  // A tool that cannot parse sees nothing, and finds nothing wrong.
  const unseen = sources(folders).filter((path) => !seen.includes(path))
  if (unseen.length > 0) lines.push(`${unseen.length} files were not looked at, ${unseen[0]} among them.`)
  return { ok: lines.length === 0, output: lines.join('\n') }
}

/** Every TypeScript source below folders. @param {string[]} folders */
function sources(folders) {
  return folders
    .flatMap((folder) => filesBelow(fromRoot(folder)))
    .map((path) => relative(root, path))
    .filter((path) => /\.tsx?$/.test(path) && !path.startsWith('test/import-rules/fixtures/'))
}
