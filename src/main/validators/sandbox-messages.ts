/** What a sandbox worker runs: a user's JavaScript, or a JSON Schema, whose patterns may run for ever as well. */
export interface Program {
  kind: 'javascript' | 'json-schema'
  source: string
}

export interface SandboxLimits {
  /** Processor time of one call, in milliseconds. */
  timeoutMs: number
  /** What a program may hold on to and need in a call, in bytes. */
  memoryBytes: number
}

/** One question to a program. `now` is in milliseconds since the epoch: programs have no clock. */
export type SandboxCall =
  | { type: 'validate'; key: Uint8Array; value: Uint8Array; now: number }
  | { type: 'select'; key: Uint8Array; values: Uint8Array[]; now: number }

/** To the worker; it answers each request once and has one at a time. `id` names a loaded program. */
export type SandboxRequest =
  | { type: 'load'; id: string; program: Program; limits: SandboxLimits; timeoutMs: number }
  | { type: 'call'; id: string; call: SandboxCall }

/** How a call ended. */
export type CallAnswer =
  | { type: 'accepted' }
  | { type: 'rejected'; reason: string }
  | { type: 'selected'; index: number }
  /** A limit was reached or the sandbox crashed; the worker is not used again. */
  | { type: 'exhausted'; reason: string }

/** How loading a program ended. */
export type LoadAnswer = { type: 'loaded' } | { type: 'uncompilable'; reason: string; line?: number }

/** From the worker: `ready` once at its start, then answers. */
export type SandboxMessage = { type: 'ready' } | CallAnswer | LoadAnswer

/** A message as it is sent, with the processor time that the worker has used until then. */
export interface SandboxEnvelope {
  message: SandboxMessage
  usedMs: number
}

/** A program inside its worker. Never throws for what the program does; an error thrown is a crash. */
export interface LoadedProgram {
  run(call: SandboxCall): CallAnswer
}
