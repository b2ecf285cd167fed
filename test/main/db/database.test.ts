import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import Sqlite from 'better-sqlite3'
import { afterEach, describe, expect, test } from 'vitest'
import { keyFromBytes } from '../../../src/dht/key.ts'
import { StorageError } from '../../../src/main/db/storage-error.ts'
import { localKey, storageOptions, storedValue } from './stored-values.ts'
import { closeAll, openTemporary, temporaryFolder } from './temporary-database.ts'

afterEach(closeAll)

const names = (count: number) => Array.from({ length: count }, (_, i) => `value ${i}`)
/** What another process would see in the file: what is committed. */
const committed = (dir: string) => {
  const db = new Sqlite(join(dir, 'kadscope.db'), { readonly: true })
  const count = db.prepare<[], number>('SELECT count(*) FROM stored_values').pluck()
  return { count: () => count.get() ?? 0, close: () => db.close() }
}

test('a put is acknowledged only when others can see its commit', async () => {
  const dir = temporaryFolder()
  const values = (await openTemporary({ dir })).values(storageOptions())
  const file = committed(dir)
  let acknowledged = 0
  const put = async (name: string) => {
    await values.put(storedValue(name))
    acknowledged++
    expect(file.count()).toBeGreaterThanOrEqual(acknowledged)
  }
  await Promise.all(names(300).map(put))
  expect(file.count()).toBe(300)
  file.close()
})

test('puts that arrive together become visible together', async () => {
  const dir = temporaryFolder()
  const values = (await openTemporary({ dir })).values(storageOptions())
  await values.stats()
  const file = committed(dir)
  const seen = new Set<number>()
  await Promise.all(
    names(200).map((name) => values.put(storedValue(name)).then(() => seen.add(file.count()))),
  )
  expect(seen.size).toBeLessThan(5)
  file.close()
})

test('close waits for what was asked before it, and refuses what is asked after', async () => {
  const dir = temporaryFolder()
  const database = await openTemporary({ dir })
  const values = database.values(storageOptions())
  const puts = names(50).map((name) => values.put(storedValue(name)))
  await database.close()
  expect(await Promise.all(puts)).toEqual(names(50).map(() => 'stored'))
  await expect(values.put(storedValue('late'))).rejects.toMatchObject({ code: 'ERR_STORAGE_CLOSED' })
  expect(readdirSync(dir).sort()).toEqual(['kadscope.db', 'traces.db'])
  await database.close()
})

test('values, providers, peers, validators and settings are there after a restart, and so are the counts', async () => {
  const dir = temporaryFolder()
  const first = await openTemporary({ dir })
  const options = storageOptions()
  const provider = {
    key: Uint8Array.of(18, 32, 1),
    provider: 'ann',
    providerBytes: Uint8Array.of(7),
    addrs: [Uint8Array.of(4, 1), new Uint8Array(300).fill(9)],
    receivedAt: options.clock.now(),
    addrsExpireAt: options.clock.now() + 1000,
    expiresAt: options.clock.now() + 2000,
  }
  const validator = {
    namespace: 'note',
    definition: { kind: 'any' } as const,
    enabled: true,
    version: 2,
    registeredAt: 5,
  }
  const peers = [
    { id: 'near', addrs: [Uint8Array.of(1), Uint8Array.of(2, 3)], lastSeenAt: 20 },
    { id: 'far', addrs: [], lastSeenAt: 10 },
  ]
  await first.values(options).put(storedValue('a'))
  await first.providers(options).put(provider)
  await first.peers.save([{ id: 'gone', addrs: [], lastSeenAt: 1 }])
  await first.peers.save(peers.toReversed())
  await first.validators.put({ ...validator, version: 1 })
  await first.validators.put(validator)
  await first.settings.put('theme', { dark: true })
  await first.settings.put('gone', 1)
  expect(await first.settings.remove('gone')).toBe(true)
  expect(await first.validators.remove('unknown')).toBe(false)
  await first.close()

  const second = await openTemporary({ dir })
  expect(await second.values(options).get(storedValue('a').key)).toEqual(storedValue('a'))
  expect((await second.values(options).stats()).entries).toBe(1)
  expect(await second.providers(options).get(provider.key)).toEqual([provider])
  expect(await second.providers(options).stats()).toMatchObject({ entries: 1, sizeBytes: 306 })
  expect(await second.peers.load()).toEqual(peers)
  expect(await second.validators.list()).toEqual([validator])
  expect(await second.settings.load()).toEqual({ theme: { dark: true } })
})

test('under another identity the victims are those farthest from it', async () => {
  const dir = temporaryFolder()
  const first = await openTemporary({ dir })
  const own = storedValue('own', 'own', 'self')
  await first.values(storageOptions()).put(own)
  for (const name of names(9)) await first.values(storageOptions()).put(storedValue(name))
  await first.close()

  const other = {
    ...storageOptions(),
    localId: 'other',
    localKey: keyFromBytes(Uint8Array.of(9)),
    maxEntries: 10,
  }
  const values = (await openTemporary({ dir })).values(other)
  expect(await values.put(storedValue('mine', 'mine', 'other'))).toBe('stored')
  const distance = (key: Uint8Array) => keyFromBytes(key).map((byte, i) => byte ^ (other.localKey[i] ?? 0))
  const all = [own, ...names(9).map((name) => storedValue(name))].map(({ key }) => key)
  const farthest = all.toSorted((a, b) => Buffer.compare(distance(b), distance(a)))[0]
  const kept = (await values.list()).map(({ key }) => String(key))
  expect(kept).toHaveLength(10)
  expect(kept).not.toContain(String(farthest))
})

describe('a damaged file', () => {
  const damages: [string, (path: string) => void][] = [
    ['that is no database', (path) => writeFileSync(path, 'this is a text '.repeat(1000))],
    ['that was cut', (path) => truncateSync(path, Math.floor(statSync(path).size / 2 / 4096) * 4096)],
    [
      'that was written over in its middle',
      (path) => {
        const bytes = readFileSync(path)
        writeFileSync(path, bytes.fill(0xa5, 4096, Math.min(bytes.length, 40_000)))
      },
    ],
  ]
  test.each(damages)(
    '%s is set aside as it was, said so, and an empty one takes its place',
    async (_, damage) => {
      const dir = temporaryFolder()
      const first = await openTemporary({ dir })
      await Promise.all(
        names(200).map((name) => first.values(storageOptions()).put(storedValue(name, name.repeat(30)))),
      )
      await first.close()
      damage(join(dir, 'kadscope.db'))
      const damaged = readFileSync(join(dir, 'kadscope.db'))

      const problems: string[] = []
      const second = await openTemporary({ dir, onProblem: (text) => problems.push(text) })
      const aside = readdirSync(dir).find((name) => name.startsWith('kadscope.db.damaged-'))
      expect(readFileSync(join(dir, String(aside)))).toEqual(damaged)
      expect(problems).toHaveLength(1)
      expect(problems[0]).toContain(`set aside as ${aside}`)
      const values = second.values(storageOptions())
      expect(await values.list()).toEqual([])
      expect(await values.put(storedValue('new'))).toBe('stored')
    },
  )

  test('takes its log with it, and leaves the other file alone', async () => {
    const dir = temporaryFolder()
    const first = await openTemporary({ dir })
    await first.tableHistory.append([{ at: 1, change: 'added', peer: 'p', key: '00', cpl: 1 }])
    await first.close()
    writeFileSync(join(dir, 'kadscope.db'), 'no database')
    writeFileSync(join(dir, 'kadscope.db-wal'), 'no log')
    const second = await openTemporary({ dir, onProblem: () => {} })
    const aside = readdirSync(dir).filter((name) => name.startsWith('kadscope.db.damaged-'))
    const contents = aside.map((name) => readFileSync(join(dir, name), 'utf8'))
    expect(contents).toEqual(expect.arrayContaining(['no database', 'no log']))
    expect(await second.tableHistory.list()).toHaveLength(1)
  })
})

describe('what cannot be opened is refused with a code and a sentence', () => {
  test('a folder that is not there', async () => {
    const dir = join(temporaryFolder(), 'nowhere')
    const opening = openTemporary({ dir })
    await expect(opening).rejects.toThrow(StorageError)
    await expect(opening).rejects.toMatchObject({ code: 'ERR_STORAGE_OPEN' })
  })

  test('a file of a newer Kadscope, which stays as it is', async () => {
    const dir = temporaryFolder()
    const db = new Sqlite(join(dir, 'kadscope.db'))
    db.pragma('user_version = 1000')
    db.close()
    await expect(openTemporary({ dir })).rejects.toMatchObject({ code: 'ERR_STORAGE_NEWER' })
    expect(readdirSync(dir).some((name) => name.includes('damaged'))).toBe(false)
  })

  test('a worker that does not run', async () => {
    const dir = temporaryFolder()
    writeFileSync(join(dir, 'worker.mjs'), 'throw new Error("out of order")')
    const opening = openTemporary({ dir, workerUrl: pathToFileURL(join(dir, 'worker.mjs')) })
    await expect(opening).rejects.toMatchObject({
      code: 'ERR_STORAGE_STOPPED',
      message: expect.stringContaining('out of order'),
    })
  })
})

test('files of version 1 open with all they hold', async () => {
  const dir = temporaryFolder()
  for (const name of ['kadscope', 'traces']) {
    const db = new Sqlite(join(dir, `${name}.db`))
    db.exec(readFileSync(join(import.meta.dirname, 'fixtures', `${name}-v1.sql`), 'utf8'))
    db.close()
  }
  const database = await openTemporary({ dir })
  const options = { ...storageOptions(), localKey }
  expect(await database.values(options).list()).toMatchObject([{ sizeBytes: 5, publisher: 'ann' }])
  expect((await database.providers(options).stats()).entries).toBe(1)
  expect(await database.peers.load()).toMatchObject([{ id: 'near' }])
  expect(await database.validators.list()).toMatchObject([{ namespace: 'note' }])
  expect(await database.traces.operations()).toMatchObject([{ id: 'x-1' }])
  expect(await database.traces.rpcs()).toMatchObject([{ id: 'x-7' }])
  expect(await database.traces.events('x-1')).toHaveLength(2)
  expect(await database.tableHistory.list()).toMatchObject([{ seq: 1, peer: 'near' }])
})
