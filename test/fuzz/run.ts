// npm run fuzz -- [FRAMES] [SEED]: throws broken frames at the border of a server, and watches its memory.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { BorderFuzz } from './border.ts'

const REPORTS = 20
/** After the first of the reports, code is compiled and stores are as full as they get. */
const WARM_UP_REPORTS = 4
const MAX_GROWTH_MIB = 20

// Most frames end in an error; nobody reads where each was made.
Error.stackTraceLimit = 0
setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

const [framesText = '1000000', seed = String(Date.now())] = process.argv.slice(2)
const frames = Number(framesText)
if (!Number.isInteger(frames) || frames < REPORTS) {
  process.stderr.write('Say how many frames: npm run fuzz -- FRAMES [SEED].\n')
  process.exit(2)
}

process.stdout.write(`${frames} frames, seed ${seed}\n`)
const fuzz = await BorderFuzz.make(seed)
const startedMs = performance.now()
let warmMiB = 0
for (let report = 1; report <= REPORTS; report++) {
  await fuzz.run(Math.floor(frames / REPORTS))
  const liveMiB = heapMiB()
  if (report === WARM_UP_REPORTS) warmMiB = liveMiB
  const done = report * Math.floor(frames / REPORTS)
  const perSecond = Math.round((done * 1000) / (performance.now() - startedMs))
  process.stdout.write(
    `${done} frames, ${perSecond}/s, heap ${liveMiB} MiB, ${JSON.stringify(fuzz.counts)}\n`,
  )
}
const growthMiB = heapMiB() - warmMiB
process.stdout.write(`heap after warm-up ${warmMiB} MiB, grown by ${growthMiB} MiB since\n`)
if (growthMiB > MAX_GROWTH_MIB) process.exitCode = 1

/** Live bytes, in MiB. */
function heapMiB(): number {
  collectGarbage()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return Math.round((heapUsed + arrayBuffers) / 2 ** 20)
}
