import { setImmediate as nextTurn } from 'node:timers/promises'
import type { MultiaddrConnection, StreamMessageEvent } from '@libp2p/interface'
import { multiaddrConnectionPair } from '@libp2p/utils'
import fc from 'fast-check'
import { Uint8ArrayList } from 'uint8arraylist'
import { describe, expect, test, vi } from 'vitest'
import { GatheringStream } from '../../../src/main/node/gathering-stream.ts'

const chunks = fc.array(fc.uint8Array({ minLength: 1, maxLength: 3_000 }), { minLength: 1, maxLength: 40 })
const hex = (...parts: Uint8Array[]) => Buffer.concat(parts).toString('hex')

/** Everything that arrives, and how often. */
function collect(connection: MultiaddrConnection) {
  const messages: Uint8Array[] = []
  connection.addEventListener('message', ({ data }: StreamMessageEvent) => void messages.push(data.slice()))
  const closed = new Promise<void>((resolve) => connection.addEventListener('close', () => resolve()))
  return { messages, closed }
}

function pair(capacity?: number) {
  const [near, far] = multiaddrConnectionPair({ delay: 0, ...(capacity !== undefined && { capacity }) })
  const sent = vi.spyOn(near, 'send')
  return { near, far, sent, stream: new GatheringStream(near) }
}

describe('GatheringStream', () => {
  test('keeps bytes and their order, whatever the pieces, pauses and back-pressure', async () => {
    const turns = fc.array(fc.boolean(), { minLength: 40, maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(chunks, turns, fc.integer({ min: 1, max: 5 }), async (parts, pauses, capacity) => {
        const { far, stream } = pair(capacity)
        const { messages, closed } = collect(far)
        for (const [i, part] of parts.entries()) {
          stream.send(i % 2 === 0 ? part : new Uint8ArrayList(part.subarray(0, 1), part.subarray(1)))
          if (pauses[i]) await nextTurn()
        }
        await stream.close()
        await closed
        expect(hex(...messages)).toBe(hex(...parts))
      }),
      { numRuns: 50 },
    )
  })

  test('what is sent within one turn becomes one message', async () => {
    const { sent, stream } = pair()
    for (let i = 0; i < 10; i++) stream.send(Uint8Array.of(i))
    expect(sent).not.toHaveBeenCalled()
    await nextTurn()
    expect(sent).toHaveBeenCalledTimes(1)
    expect(hex(sent.mock.calls[0]?.[0].subarray() ?? new Uint8Array())).toBe('00010203040506070809')
  })

  test('a full message does not wait for the turn’s end', () => {
    const { sent, stream } = pair()
    stream.send(new Uint8Array(65_519))
    expect(sent).toHaveBeenCalledTimes(1)
  })

  test('closing sends what has gathered, and nothing is taken any more', async () => {
    const { far, stream } = pair()
    const { messages, closed } = collect(far)
    stream.send(Uint8Array.of(1))
    const closing = stream.close()
    expect(() => stream.send(Uint8Array.of(2))).toThrow()
    await closing
    await closed
    expect(hex(...messages)).toBe('01')
    expect(stream.status).toBe('closed')
  })

  test('aborting resets the other side and says why here', async () => {
    const { far, stream } = pair()
    const reset = new Promise<boolean>((resolve) =>
      far.addEventListener('close', ({ error }) => resolve(error !== undefined)),
    )
    const reason = new Error('enough')
    const told = new Promise((resolve) => stream.addEventListener('close', ({ error }) => resolve(error)))
    stream.send(Uint8Array.of(1))
    stream.abort(reason)
    expect(await told).toBe(reason)
    expect(await reset).toBe(true)
    expect(stream.writeBufferLength).toBe(0)
  })

  test('waiting for what was sent ends with the stream', async () => {
    const { far, near, stream } = pair(1)
    collect(far)
    stream.send(new Uint8Array(10))
    await nextTurn()
    stream.send(new Uint8Array(10))
    const flushed = stream.flushed()
    near.abort(new Error('gone'))
    await flushed
    expect(stream.status).toBe('aborted')
  })

  test('what arrives is passed on, and pausing holds it back', async () => {
    const { far, stream } = pair()
    const got: Uint8Array[] = []
    const arrived = new Promise<void>((resolve) =>
      stream.addEventListener('message', ({ data }) => {
        got.push(data.slice())
        resolve()
      }),
    )
    stream.pause()
    far.send(Uint8Array.of(7))
    await nextTurn()
    expect(got).toEqual([])
    stream.resume()
    await arrived
    expect(hex(...got)).toBe('07')
  })
})
