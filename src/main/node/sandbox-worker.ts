// The Sandbox swarm in a worker thread, so that it never holds up the node of the person at the screen.
import { parentPort, workerData } from 'node:worker_threads'
import type { SandboxCommand, SandboxReport, SandboxSettings } from './sandbox-messages.ts'
import { SandboxSwarm } from './sandbox-swarm.ts'

const settings: SandboxSettings = workerData
const swarm = new SandboxSwarm({ ...settings, onProgress: (up, of) => report({ type: 'progress', up, of }) })

function report(message: SandboxReport): void {
  parentPort?.postMessage(message)
}

async function obey(command: SandboxCommand): Promise<void> {
  const { request } = command
  switch (command.type) {
    case 'add':
      return report({ type: 'done', request, node: await swarm.add() })
    case 'kill': {
      const node = await swarm.kill(command.id)
      return report({ type: 'done', request, ...(node && { node }) })
    }
    case 'stop':
      await swarm.stop()
      report({ type: 'done', request })
      parentPort?.close()
  }
}

function failed(error: unknown, request?: number): void {
  const message = error instanceof Error ? error.message : String(error)
  report({ type: 'failed', message, ...(request !== undefined && { request }) })
}

parentPort?.on('message', (command: SandboxCommand) => {
  obey(command).catch((error: unknown) => failed(error, command.request))
})

try {
  await swarm.begin()
  report({ type: 'usable', bootstrap: swarm.bootstrap })
  report({ type: 'joined', samples: await swarm.fill() })
} catch (error) {
  failed(error)
}
