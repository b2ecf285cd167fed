import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import config from '../../.dependency-cruiser.mjs'
import { checkImports, type ImportReport } from '../../scripts/lib/import-check.mjs'

const fixtures = join(import.meta.dirname, 'fixtures')

/** What each rule must report of the fixtures: `importing file → imported`; npm packages by their name. */
const expected: Record<string, string[]> = {
  'core-is-pure': [
    'src/dht/lookup/core-is-pure.ts → @libp2p/crypto',
    'src/dht/lookup/core-is-pure.ts → fs',
    'src/dht/lookup/core-is-pure.ts → libp2p',
    'src/dht/lookup/core-is-pure.ts → src/dht/kad-dht.ts',
  ],
  'core-takes-its-clock': ['src/dht/operations/core-takes-its-clock.ts → src/dht/system-clock.ts'],
  'dht-stands-alone': [
    'src/dht/dht-stands-alone.ts → better-sqlite3',
    'src/dht/dht-stands-alone.ts → fs',
    'src/dht/dht-stands-alone.ts → src/shared/contract.ts',
    'src/dht/lookup/core-is-pure.ts → fs',
  ],
  'electron-only-in-the-shell': ['src/main/api/electron-only-in-the-shell.ts → electron'],
  'handlers-know-only-the-core': [
    'src/dht/rpc/handlers/handlers-know-only-the-core.ts → libp2p',
    'src/dht/rpc/handlers/handlers-know-only-the-core.ts → src/dht/service.ts',
  ],
  'kad-dht-owns-its-parts': ['src/dht/kad-dht.ts → libp2p', 'src/dht/kad-dht.ts → src/dht/service.ts'],
  'main-serves-no-view': [
    'src/main/api/main-serves-no-view.ts → react',
    'src/main/api/main-serves-no-view.ts → src/main/electron/main.ts',
  ],
  'no-other-dht': ['src/main/api/no-other-dht.ts → @libp2p/kad-dht'],
  'preload-forwards-a-port': [
    'src/preload/preload-forwards-a-port.ts → fs',
    'src/preload/preload-forwards-a-port.ts → src/main/app.ts',
  ],
  'product-imports-no-tests': ['src/main/api/product-imports-no-tests.ts → test/helper.ts'],
  'renderer-knows-the-contract': [
    'src/renderer/renderer-knows-the-contract.ts → path',
    'src/renderer/renderer-knows-the-contract.ts → src/dht/events.ts',
    'src/renderer/renderer-knows-the-contract.ts → src/main/app.ts',
  ],
  resolvable: ['src/main/api/resolvable.ts → ./not-there.ts'],
  'shared-stands-alone': [
    'src/shared/shared-stands-alone.ts → buffer',
    'src/shared/shared-stands-alone.ts → src/dht/events.ts',
  ],
  'shell-is-thin': ['src/main/electron/shell-is-thin.ts → src/dht/index.ts'],
  'sim-knows-only-the-core': [
    'src/sim/sim-knows-only-the-core.ts → libp2p',
    'src/sim/sim-knows-only-the-core.ts → src/dht/service.ts',
  ],
}

let report: ImportReport

beforeAll(async () => {
  report = await checkImports(process.execPath, ['src', 'test'], fixtures)
})

test('every rule has a fixture that breaks it', () => {
  const rules = (config.forbidden ?? []).map(({ name }) => name)
  expect(rules.toSorted()).toEqual(Object.keys(expected).toSorted())
})

test.each(Object.entries(expected))('%s reports its fixture, and no allowed import', (rule, lines) => {
  const reported = report.violations.filter((violation) => violation.rule === rule)
  expect(reported.map(({ from, to }) => `${from} → ${packageName(to)}`).toSorted()).toEqual(lines)
})

test('a type import counts as an import', () => {
  const typeOnly = report.violations.filter(({ from }) => from.includes('renderer-knows-the-contract'))
  expect(typeOnly.map(({ to }) => to)).toContain('src/dht/events.ts')
})

/** `../../node_modules/@scope/name/dist/x.d.ts` is `@scope/name`; other paths stay. */
function packageName(path: string): string {
  return /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? path
}
