import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { NetworkList, networkRow } from '../../../src/main/backend/network-list.ts'
import { customNetwork, sandboxNetwork } from '../../../src/main/node/networks.ts'

let home = ''
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'kadscope-networks-'))
})
afterEach(() => rmSync(home, { recursive: true }))

const mine = { name: 'Mine', protocol: '/mine/kad/1.0.0', bootstrap: [], addresses: 'local' as const, k: 2 }

test('what was added and joined last is there after a restart', () => {
  const list = new NetworkList(home)
  const added = list.add(mine)
  list.remember(added.id)
  const restarted = new NetworkList(home)
  expect(restarted.last).toBe(added.id)
  expect(restarted.find(added.id)).toEqual(added)
  expect(added).toMatchObject({ kind: 'custom', addressFilter: 'local', k: 2, beta: 2 })
})

test('the file is for this user alone: swarm keys are in it', () => {
  new NetworkList(home).add(mine)
  expect(statSync(join(home, 'networks.json')).mode & 0o777).toBe(0o600)
})

test('two networks of one name have different ids, and so different profiles', () => {
  const list = new NetworkList(home)
  const ids = [list.add(mine).id, list.add(mine).id, list.add(mine).id]
  expect(new Set(ids).size).toBe(3)
})

test('built-in networks stay, unknown ones are said to be so', () => {
  const list = new NetworkList(home)
  expect(() => list.remove('amino')).toThrow(expect.objectContaining({ code: 'ERR_NETWORK_BUILT_IN' }))
  expect(() => list.find('nowhere')).toThrow(/choose one of sandbox, amino, lan/)
})

test('a network given for this run is neither kept nor remembered, and takes the place of one with its id', () => {
  const given = [{ ...sandboxNetwork, strictNamespaces: false }, customNetwork({ ...mineOnce })]
  const list = new NetworkList(home, given)
  expect(list.find('sandbox').strictNamespaces).toBe(false)
  list.remember(customNetwork(mineOnce).id)
  const restarted = new NetworkList(home)
  expect(restarted.last).toBeUndefined()
  expect(restarted.all().map(({ id }) => id)).toEqual(['sandbox', 'amino', 'lan'])
})

const mineOnce = { name: 'Once', protocol: '/once/kad/1.0.0' }

test('a damaged file is not overwritten: the error names it', () => {
  writeFileSync(join(home, 'networks.json'), '{ half')
  expect(() => new NetworkList(home)).toThrow(/networks\.json cannot be read: mend it/)
})

test('a row says whether a network is private, and never its key', () => {
  const swarmKey = `/key/swarm/psk/1.0.0/\n/base16/\n${'0a'.repeat(32)}`
  const row = networkRow(new NetworkList(home).add({ ...mine, swarmKey }))
  expect(row.isPrivate).toBe(true)
  expect(JSON.stringify(row)).not.toContain('0a0a')
})
