import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { NetworkList } from '../../../src/main/backend/network-list.ts'
import { NetworkSwitch } from '../../../src/main/backend/network-switch.ts'
import type { RunningNode } from '../../../src/main/backend/running-node.ts'

let home = ''
let list: NetworkList
let networks: NetworkSwitch
/** Starts and stops, in order. */
let steps: string[]
/** The states that were told. */
let states: string[]
let failure: Error | undefined

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'kadscope-switch-'))
  list = new NetworkList(home)
  steps = []
  states = []
  failure = undefined
  networks = new NetworkSwitch({
    list,
    start: async (id) => {
      if (failure) throw failure
      steps.push(`start ${id}`)
      const close = async () => void steps.push(`close ${id}`)
      return { network: list.find(id), close } as RunningNode
    },
    onChange: () => {
      const shown = networks.rows().filter(({ state }) => state !== 'stopped')
      states.push(shown.map(({ id, state }) => `${id} ${state}`).join())
    },
    onProblem: (text) => steps.push(text),
  })
})
afterEach(() => rmSync(home, { recursive: true }))

test('one network runs at a time: joining another leaves the one before', async () => {
  await networks.join('sandbox')
  await networks.join('lan')
  expect(steps).toEqual(['start sandbox', 'close sandbox', 'start lan'])
  expect(states).toEqual([
    'sandbox starting',
    'sandbox running',
    'sandbox stopping',
    '',
    'lan starting',
    'lan running',
  ])
  expect(networks.running?.network.id).toBe('lan')
  expect(list.last).toBe('lan')
})

test('joins asked for at once happen one after the other, and the last one stays', async () => {
  await Promise.all(['sandbox', 'lan', 'sandbox', 'sandbox'].map((id) => networks.join(id)))
  expect(steps).toEqual(['start sandbox', 'close sandbox', 'start lan', 'close lan', 'start sandbox'])
})

test('a network that cannot be joined is failed and says why; another can be joined then', async () => {
  failure = new Error('The port is in use.')
  await expect(networks.join('sandbox')).rejects.toThrow('The port is in use.')
  const row = networks.rows().find(({ id }) => id === 'sandbox')
  expect(row).toMatchObject({ state: 'failed', error: 'The port is in use.' })
  expect(() => networks.runningOf('sandbox')).toThrow(/Sandbox does not run: join it first/)
  failure = undefined
  await networks.join('sandbox')
  expect(networks.runningOf('sandbox').network.id).toBe('sandbox')
})

test('after closing nothing can be joined', async () => {
  await networks.join('sandbox')
  await networks.close()
  expect(steps).toEqual(['start sandbox', 'close sandbox'])
  await expect(networks.join('lan')).rejects.toThrow(expect.objectContaining({ code: 'ERR_CLOSING' }))
})

test('a custom network that runs is left before it is removed', async () => {
  const { id } = list.add({ name: 'Mine', protocol: '/mine/kad/1.0.0', bootstrap: [] })
  await networks.join(id)
  await networks.remove(id)
  expect(steps).toEqual([`start ${id}`, `close ${id}`])
  expect(networks.activeId).toBeUndefined()
  expect(networks.rows().map((row) => row.id)).not.toContain(id)
})
