// What a server does to a polite client while it is attacked (targets.md, P8). Built first: `npm run build`.
import { loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { multiaddr } from '@multiformats/multiaddr'
import { Attacker, type AttackFigures } from './flood/attacker.ts'
import { PoliteClient } from './flood/polite-client.ts'
import { cpuSeconds, MemoryWatch, Program } from './flood/programs.ts'
import { endWithin, print } from './peer/print.ts'

const PROTOCOL = '/ipfs/kad/1.0.0'
const CALM_S = 10
/** More at a time keep each other waiting until their handshakes are out of time. */
const CONNECTING_AT_ONCE = 5
const BUILT_SERVER = fileURLToPath(new URL('../out/main/peer.js', import.meta.url))

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '40' },
    identities: { type: 'string', default: '50' },
    'idle-streams': { type: 'string', default: '1000' },
    /** The program of docs/bench.md that is attacked. */
    server: { type: 'string', default: BUILT_SERVER },
    store: { type: 'string', default: 'sqlite' },
    /** Attacks the server at this address: how this program calls itself. */
    attack: { type: 'string' },
  },
})
const seconds = Number(values.seconds)
const identities = Number(values.identities)
const idleStreams = Math.round(Number(values['idle-streams']) / identities)

endWithin(seconds + 120)
await (values.attack === undefined ? measure() : attack(values.attack))

async function measure(): Promise<void> {
  await using server = new Program([
    ...process.execArgv,
    values.server,
    'server',
    '--port',
    '0',
    '--store',
    values.store,
  ])
  const address = String((await server.line()).addr)
  const client = await PoliteClient.connect(multiaddr(address), PROTOCOL)
  await client.ask(2)
  const before = await client.ask(CALM_S)
  using memory = new MemoryWatch(server.pid)
  await using attackers = new Program(attackArguments(address))
  await attackers.line()
  const cpuBefore = cpuSeconds(server.pid)
  const during = await client.ask(seconds)
  const serverCpu = Math.round(((cpuSeconds(server.pid) - cpuBefore) / seconds) * 100)
  const endMiB = memory.now()
  const attackFigures = await attackers.line()
  const after = await client.ask(CALM_S / 2)
  await client.stop()
  server.end()
  const { refusals, ...stored } = await server.line()
  print({
    before,
    during,
    after,
    memory: { startMiB: memory.startMiB, endMiB, peakMiB: memory.peakMiB },
    growthMiB: endMiB - memory.startMiB,
    serverCpuPercent: serverCpu,
    attack: attackFigures,
    refusals,
    stored,
    loadAverage: loadavg().map((load) => Math.round(load * 10) / 10),
  })
}

/** The attackers run beside, so that the client's own event loop does not wait for them. */
function attackArguments(address: string): string[] {
  const self = [...process.execArgv, fileURLToPath(import.meta.url), '--attack', address]
  return [
    ...self,
    ...Object.entries(values).flatMap(([name, value]) => (name === 'attack' ? [] : [`--${name}`, value])),
  ]
}

async function attack(address: string): Promise<void> {
  const attackers: Attacker[] = []
  while (attackers.length < identities) {
    const group = Array.from({ length: Math.min(CONNECTING_AT_ONCE, identities - attackers.length) }, () =>
      Attacker.connect(multiaddr(address), PROTOCOL, idleStreams),
    )
    attackers.push(...(await Promise.all(group)))
  }
  print({ ready: true })
  for (const attacker of attackers) attacker.run()
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
  const total: AttackFigures = { sent: 0, streamsOpened: 0, streamsLost: 0, liesTold: 0 }
  for (const { figures } of attackers) {
    for (const name of ['sent', 'streamsOpened', 'streamsLost', 'liesTold'] as const)
      total[name] += figures[name]
  }
  await Promise.all(attackers.map((attacker) => attacker.stop()))
  print(total)
}
