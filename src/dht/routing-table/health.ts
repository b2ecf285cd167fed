import type { PeerTable } from './peer-table.ts'
import { lastHeardAt, type TableEntry } from './table-entry.ts'

const HOUR_MS = 3_600_000
/** Where fewer peers are to be expected, finding none may be chance. */
const MIN_EXPECTED_FOR_GAP = 4
const POINTS = { fill: 40, freshness: 35, coverage: 25 } as const

export interface HealthOptions {
  /** Wall time, milliseconds since the epoch. */
  now: number
  /** Peers of a bucket. Default 20. */
  bucketSize?: number
  /** Servers in the network, when it has been estimated. Default: what the table itself lets expect. */
  networkSize?: number
  /** Who was heard within this time is fresh. Default 1 h. */
  freshMs?: number
}

/** The peers at one common prefix length with this node; the greater it is, the nearer they are. */
export interface BucketHealth {
  cpl: number
  live: number
  unverified: number
  stale: number
  /** In the replacement cache. */
  waiting: number
  /** How many a network of this size lets expect, at most a bucket full. */
  expected: number
  /** When any of them was last heard, milliseconds since the epoch; undefined when there is none. */
  lastHeardAt: number | undefined
}

export interface HealthVerdict {
  severity: 'good' | 'info' | 'warn' | 'bad'
  /** A sentence, with the next step where there is one. */
  text: string
}

export interface TableHealth {
  /** 0 to 100: the sum of the three below, rounded. */
  score: number
  /** Of 40: peers there against peers expected; near ones count more, because only we can know them. */
  fill: number
  /** Of 35: peers that answered lately; those that answered before that count half. */
  freshness: number
  /** Of 25: distances at which a live peer is known, of those at which there should be one. */
  coverage: number
  /** Peers the table should hold. */
  expectedPeers: number
  /** From the farthest (cpl 0) to the nearest, without gaps in the count. */
  buckets: BucketHealth[]
  /** Common prefix lengths at which a live peer should be known and none is. */
  gaps: number[]
  /** Worst first; never empty. */
  verdicts: HealthVerdict[]
}

/** Judges a routing table: what it holds against what a network of its size lets expect. */
export function tableHealth(
  table: Pick<PeerTable, 'entries' | 'replacements'>,
  { now, bucketSize = 20, networkSize, freshMs = HOUR_MS }: HealthOptions,
): TableHealth {
  const entries = [...table.entries()]
  const servers = networkSize ?? serversBehind(entries, bucketSize)
  const buckets = makeBuckets(entries, [...table.replacements()], servers, bucketSize)
  const gaps = buckets.filter(isGap).map(({ cpl }) => cpl)
  const judged = buckets.filter(({ expected }) => expected >= MIN_EXPECTED_FOR_GAP)
  const parts = {
    fill: POINTS.fill * Math.max(fillOf(buckets), shareKnown(entries.length, servers)),
    freshness: POINTS.freshness * freshnessOf(entries, now - freshMs),
    coverage: POINTS.coverage * coverageOf(judged.length, gaps.length, entries.length),
  }
  const expectedPeers = Math.round(sum(buckets, ({ expected }) => expected))
  return {
    score: Math.round(parts.fill + parts.freshness + parts.coverage),
    ...parts,
    expectedPeers,
    buckets,
    gaps,
    verdicts: makeVerdicts(entries, gaps, expectedPeers),
  }
}

/**
 * A network's size from one table: of `n` servers, `n / 2^c` share `c` bits
 * with us, and the table keeps all of these once they fit into a bucket. Small
 * groups are left out: two neighbours that happen to be very near prove nothing.
 */
function serversBehind(entries: readonly TableEntry[], bucketSize: number): number {
  let servers = entries.length
  for (let cpl = 1; ; cpl++) {
    const nearer = entries.filter((entry) => entry.cpl >= cpl).length
    if (nearer === 0 || nearer < bucketSize / 2) return servers
    servers = Math.max(servers, nearer * 2 ** cpl)
  }
}

function makeBuckets(
  entries: readonly TableEntry[],
  waiting: readonly TableEntry[],
  servers: number,
  bucketSize: number,
): BucketHealth[] {
  const deepestHeld = Math.max(-1, ...entries.map(({ cpl }) => cpl))
  const deepestExpected = servers >= 1 ? Math.ceil(Math.log2(servers)) - 1 : -1
  return Array.from({ length: Math.max(deepestHeld, deepestExpected) + 1 }, (_, cpl) => {
    const held = entries.filter((entry) => entry.cpl === cpl)
    const countOf = (state: TableEntry['state']) => held.filter((entry) => entry.state === state).length
    return {
      cpl,
      live: countOf('live'),
      unverified: countOf('unverified'),
      stale: countOf('stale'),
      waiting: waiting.filter((entry) => entry.cpl === cpl).length,
      expected: Math.min(bucketSize, servers / 2 ** (cpl + 1)),
      lastHeardAt: held.length === 0 ? undefined : Math.max(...held.map(lastHeardAt)),
    }
  })
}

function fillOf(buckets: readonly BucketHealth[]): number {
  const held = (bucket: BucketHealth) => bucket.live + bucket.unverified + bucket.stale
  const wanted = sum(buckets, ({ cpl, expected }) => (cpl + 1) * expected)
  const there = sum(buckets, (bucket) => (bucket.cpl + 1) * Math.min(held(bucket), bucket.expected))
  return wanted === 0 ? 0 : there / wanted
}

/** Who knows the whole of a small network cannot know more, however chance has spread it. */
function shareKnown(entries: number, servers: number): number {
  return servers >= 1 ? Math.min(1, entries / servers) : 0
}

function freshnessOf(entries: readonly TableEntry[], freshSince: number): number {
  const credit = (entry: TableEntry) =>
    entry.state !== 'live' ? 0 : lastHeardAt(entry) >= freshSince ? 1 : 0.5
  return entries.length === 0 ? 0 : sum(entries, credit) / entries.length
}

function coverageOf(judged: number, gaps: number, entries: number): number {
  if (judged > 0) return (judged - gaps) / judged
  return entries > 0 ? 1 : 0
}

function isGap({ live, expected }: BucketHealth): boolean {
  return live === 0 && expected >= MIN_EXPECTED_FOR_GAP
}

function makeVerdicts(
  entries: readonly TableEntry[],
  gaps: readonly number[],
  expectedPeers: number,
): HealthVerdict[] {
  if (entries.length === 0) return [emptyVerdict]
  const verdicts = [
    gapVerdict(gaps),
    fillVerdict(entries.length, expectedPeers),
    staleVerdict(entries),
    unverifiedVerdict(entries),
  ].filter((verdict) => verdict !== undefined)
  return verdicts.length > 0 ? verdicts : [goodVerdict(entries.length)]
}

const emptyVerdict: HealthVerdict = {
  severity: 'bad',
  text: 'The table is empty: nothing can be found or stored. Connect to a peer of this network.',
}

function goodVerdict(peers: number): HealthVerdict {
  return { severity: 'good', text: `${count(peers, 'peer')}, verified and at every distance.` }
}

function gapVerdict(gaps: readonly number[]): HealthVerdict | undefined {
  if (gaps.length === 0) return undefined
  const which = gaps.length === 1 ? `prefix length ${gaps[0]}` : `prefix lengths ${gaps.join(', ')}`
  return {
    severity: 'bad',
    text: `No live peer at ${which}, where there should be some. A refresh looks for them.`,
  }
}

function fillVerdict(peers: number, expected: number): HealthVerdict | undefined {
  if (peers >= expected * 0.75) return undefined
  const severity = peers < expected * 0.4 ? 'bad' : 'warn'
  return {
    severity,
    text: `${count(peers, 'peer')} of about ${expected} to be expected. A refresh looks for more.`,
  }
}

function staleVerdict(entries: readonly TableEntry[]): HealthVerdict | undefined {
  const stale = entries.filter(({ state }) => state === 'stale').length
  if (stale < entries.length / 4) return undefined
  return {
    severity: 'warn',
    text: `${stale} of ${count(entries.length, 'peer')} failed or have long been silent.`,
  }
}

function unverifiedVerdict(entries: readonly TableEntry[]): HealthVerdict | undefined {
  const unverified = entries.filter(({ state }) => state === 'unverified').length
  if (unverified === 0) return undefined
  return { severity: 'info', text: `${count(unverified, 'peer')} still to be asked whether they are there.` }
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

function sum<T>(items: readonly T[], weigh: (item: T) => number): number {
  return items.reduce((total, item) => total + weigh(item), 0)
}
