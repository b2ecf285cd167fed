import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MessageChannel } from 'node:worker_threads'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Page, type PageMessage } from './stand-in/page.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kadscope-preload-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function pageWith(code: string, fileName = 'index.cjs') {
  const preload = join(folder, fileName)
  writeFileSync(preload, code)
  const messages: PageMessage[] = []
  const sent: unknown[] = []
  const page = new Page({
    origin: 'kadscope://app',
    preload,
    send: (channel, args) => sent.push([channel, ...args]),
    onMessage: (message) => messages.push(message),
  })
  return { page, messages, sent }
}

const forwarding = `require('electron').ipcRenderer.on('x', ({ ports }) => window.postMessage('hi', ORIGIN, ports))`

describe('the stand-in for a sandboxed page', () => {
  test.each([
    ['an import', `import { ipcRenderer } from 'electron'`],
    ['an export', 'export const a = 1'],
    ['an await at its top level', `await Promise.resolve()`],
  ])('refuses a preload with %s', (_name, code) => {
    expect(() => pageWith(code).page.load()).toThrow(/cannot be an ES module/)
  })

  test('refuses a preload that is named as an ES module', () => {
    expect(() => pageWith('', 'index.mjs').page.load()).toThrow(/cannot be an ES module/)
  })

  test.each(['fs', 'node:path', './other.cjs', '@orpc/client'])('refuses to require %s', (name) => {
    expect(() => pageWith(`require('${name}')`).page.load()).toThrow(`module not found: ${name}`)
  })

  test('has no process, and no Buffer', () => {
    expect(() => pageWith('process.exit()').page.load()).toThrow(/process is not defined/)
    expect(() => pageWith('Buffer.alloc(1)').page.load()).toThrow(/Buffer is not defined/)
  })

  test('refuses a port through contextBridge', () => {
    const code = `const { ipcRenderer, contextBridge } = require('electron')
      ipcRenderer.on('x', ({ ports }) => contextBridge.exposeInMainWorld('kadscope', { port: ports[0] }))`
    const { page } = pageWith(code)
    page.load()
    const { port1 } = new MessageChannel()
    expect(() => page.receive('x', [], [port1])).toThrow(/could not be cloned/)
    port1.close()
  })

  test.each([
    ['its own origin', 'kadscope://app', 1],
    ['another origin', 'https://example.com', 0],
  ])('delivers a window message for %s: %s', (_name, origin, count) => {
    const { page, messages } = pageWith(forwarding.replace('ORIGIN', JSON.stringify(origin)))
    page.load()
    const { port1 } = new MessageChannel()
    page.receive('x', [], [port1])
    expect(messages).toHaveLength(count)
    port1.close()
  })

  test('tells the preload when the document is loaded', () => {
    const code = `const { ipcRenderer } = require('electron')
      window.addEventListener('DOMContentLoaded', () => ipcRenderer.send('loaded', 1))`
    const { page, sent } = pageWith(code)
    page.load()
    expect(sent).toEqual([['loaded', 1]])
  })
})
