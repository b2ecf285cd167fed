import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createStore } from 'zustand/vanilla'
import { followCalmly } from '../../../src/renderer/state/follow-calmly.ts'

const INTERVAL_MS = 250
const store = createStore(() => ({ peers: 0, other: 0 }))
let told: number[] = []
let stop = () => {}

beforeEach(() => {
  vi.useFakeTimers()
  store.setState({ peers: 0, other: 0 })
  told = []
  stop = followCalmly(
    store,
    ({ peers }) => peers,
    INTERVAL_MS,
    (peers) => told.push(peers),
  )
})

afterEach(() => {
  stop()
  vi.useRealTimers()
})

test('a state that never rests is told all the same, once an interval', () => {
  for (let step = 1; step <= 1000; step++) {
    store.setState({ peers: step })
    vi.advanceTimersByTime(10)
  }
  expect(told.length).toBeGreaterThan(10_000 / INTERVAL_MS - 1)
  expect(told.length).toBeLessThanOrEqual(10_000 / INTERVAL_MS + 2)
  expect(1000 - Number(told.at(-1))).toBeLessThanOrEqual(INTERVAL_MS / 10)
})

test('the first change is told at once, and the last one is not forgotten', () => {
  store.setState({ peers: 1 })
  expect(told).toEqual([0, 1])
  store.setState({ peers: 2 })
  store.setState({ peers: 3 })
  expect(told).toEqual([0, 1])
  vi.advanceTimersByTime(INTERVAL_MS)
  expect(told).toEqual([0, 1, 3])
})

test('what changed before it was followed, and other parts, are not told again', () => {
  store.setState({ other: 1 })
  vi.advanceTimersByTime(INTERVAL_MS)
  expect(told).toEqual([0])
})

test('nothing is told after the end', () => {
  store.setState({ peers: 1 })
  store.setState({ peers: 2 })
  stop()
  vi.advanceTimersByTime(INTERVAL_MS)
  expect(told).toEqual([0, 1])
})
