// A sandbox worker: runs one user's program at a time, and is ended from outside when that takes too long.
import { parentPort } from 'node:worker_threads'
import { getQuickJS } from 'quickjs-emscripten'
import { JsonSchemaProgram } from './json-schema-program.ts'
import { QuickJsProgram } from './quickjs-program.ts'
import type {
  LoadAnswer,
  LoadedProgram,
  SandboxEnvelope,
  SandboxMessage,
  SandboxRequest,
} from './sandbox-messages.ts'
import { threadTimeMs } from './thread-time.ts'

if (parentPort === null) throw new Error('validator-worker runs as a worker thread: start Kadscope instead.')
const port = parentPort
const quickjs = await getQuickJS()
const programs = new Map<string, LoadedProgram>()

// QuickJS asks this thread for the time and the time zone. A verdict may depend on neither: the present is the call's
// `now`, and the zone is UTC.
let present = 0
Date.now = () => present
Date.prototype.getTimezoneOffset = () => 0

port.on('message', (request: SandboxRequest) => send(answer(request)))
send({ type: 'ready' })

function send(message: SandboxMessage): void {
  port.postMessage({ message, usedMs: threadTimeMs() } satisfies SandboxEnvelope)
}

function answer(request: SandboxRequest): SandboxMessage {
  try {
    if (request.type === 'load') return load(request)
    const program = programs.get(request.id)
    if (program === undefined) throw new Error(`The program ${request.id} is not loaded.`)
    return program.run(request.call)
  } catch {
    // What gets here came through WebAssembly: the runtime it left behind is in no known state.
    return { type: 'exhausted', reason: 'The validator crashed its sandbox.' }
  }
}

function load(request: Extract<SandboxRequest, { type: 'load' }>): LoadAnswer {
  return request.program.kind === 'json-schema' ? loadSchema(request) : loadScript(request)
}

function loadScript({
  id,
  program,
  limits,
  timeoutMs,
}: Extract<SandboxRequest, { type: 'load' }>): LoadAnswer {
  const script = new QuickJsProgram(quickjs, limits, (now) => {
    present = now
  })
  const loaded = script.load(program.source, timeoutMs)
  if (loaded.type === 'loaded') programs.set(id, script)
  else script.dispose()
  return loaded
}

function loadSchema({ id, program }: Extract<SandboxRequest, { type: 'load' }>): LoadAnswer {
  try {
    programs.set(id, new JsonSchemaProgram(program.source))
    return { type: 'loaded' }
  } catch (error) {
    return { type: 'uncompilable', reason: `${error instanceof Error ? error.message : String(error)}.` }
  }
}
