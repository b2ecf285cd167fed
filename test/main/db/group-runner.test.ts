import Sqlite from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { GroupRunner } from '../../../src/main/db/engine/group-runner.ts'

let db: Sqlite.Database
let statements: string[] = []
let problems: string[] = []
let lastId = 0

beforeEach(() => {
  statements = []
  problems = []
  db = new Sqlite(':memory:', { verbose: (sql) => statements.push(String(sql)) })
  db.exec('CREATE TABLE pieces (name TEXT PRIMARY KEY, bytes BLOB)')
})
afterEach(() => db.close())

function runner(calls: Record<string, (argument: never) => unknown> = {}): GroupRunner {
  const insert = db.prepare('INSERT INTO pieces VALUES (?, zeroblob(?))')
  const put = ({ name, sizeBytes = 0 }: { name: string; sizeBytes?: number }) =>
    insert.run(name, sizeBytes).changes
  return new GroupRunner({ db, calls: { put, ...calls }, members: [], report: (text) => problems.push(text) })
}

const request = (call: string, argument?: unknown) => ({
  id: ++lastId,
  file: 'records' as const,
  call,
  argument,
})
const puts = (...names: string[]) => names.map((name) => request('put', { name }))
const held = () => db.prepare<[], string>('SELECT name FROM pieces ORDER BY name').pluck().all()

test('requests that arrive together share one transaction and are answered in their order', () => {
  const requests = puts('a', 'b', 'c')
  const replies = runner().run(requests)
  expect(replies).toEqual(requests.map(({ id }) => ({ id, result: 1 })))
  expect(statements.filter((sql) => sql === 'COMMIT')).toHaveLength(1)
})

test('one that fails is refused alone: the others are stored', () => {
  const requests = puts('a', 'b', 'a', 'c')
  const replies = runner().run(requests)
  expect(replies.map((reply) => ('fault' in reply ? reply.fault.code : reply.result))).toEqual([
    1,
    1,
    'ERR_STORAGE_FAILED',
    1,
  ])
  expect(held()).toEqual(['a', 'b', 'c'])
})

test('what a failed request has done before it failed is undone', () => {
  const half = () => {
    db.exec("INSERT INTO pieces VALUES ('half', NULL)")
    throw new Error('no further')
  }
  const replies = runner({ half }).run([request('half'), ...puts('a')])
  expect(replies[0]).toMatchObject({ fault: { code: 'ERR_STORAGE_FAILED' } })
  expect(held()).toEqual(['a'])
})

test('nothing is answered when the commit fails', () => {
  db.exec(`
    PRAGMA foreign_keys = ON;
    CREATE TABLE parts (whole TEXT REFERENCES pieces (name) DEFERRABLE INITIALLY DEFERRED)`)
  const orphan = () => db.exec("INSERT INTO parts VALUES ('nowhere')")
  const replies = runner({ orphan }).run([request('orphan'), ...puts('a')])
  expect(replies.map((reply) => 'fault' in reply)).toEqual([true, false])
  expect(held()).toEqual(['a'])
})

test('members count again from the database after a rollback, and write before each commit', () => {
  const calls: string[] = []
  const member = {
    beforeCommit: () => void calls.push('before commit'),
    afterRollback: () => void calls.push('after rollback'),
  }
  const fail = () => {
    throw new Error('no')
  }
  const done = () => void calls.push('done')
  const group = new GroupRunner({ db, calls: { fail, done }, members: [member], report: () => {} })
  group.run([request('done'), request('fail')])
  expect(calls).toEqual(['done', 'after rollback', 'done', 'before commit', 'after rollback'])
})

test('a full disk refuses with its own code and sentence, is told once, and passes when there is room again', () => {
  const group = runner()
  const pages = Number(db.pragma('page_count', { simple: true }))
  db.pragma(`max_page_count = ${pages + 1}`)
  const big = () => request('put', { name: `big ${lastId}`, sizeBytes: 100_000 })
  for (let i = 0; i < 3; i++) {
    expect(group.run([big()])).toMatchObject([
      { fault: { code: 'ERR_STORAGE_FULL', message: expect.stringMatching(/^The disk is full/) } },
    ])
  }
  expect(problems).toHaveLength(1)
  expect(problems[0]).toMatch(/free some space/)
  db.pragma('max_page_count = 10000')
  expect(group.run([big()])).toMatchObject([{ result: 1 }])
  db.pragma(`max_page_count = ${Number(db.pragma('page_count', { simple: true }))}`)
  expect(group.run([big()])).toMatchObject([{ fault: { code: 'ERR_STORAGE_FULL' } }])
  expect(problems).toHaveLength(2)
})
