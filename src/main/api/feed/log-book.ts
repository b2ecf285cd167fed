import type { DhtEvent } from '../../../dht/events.ts'
import type { LogRow } from '../../../shared/rows.ts'
import { keyViewOf } from '../../keys/key-view.ts'

type Line = Omit<LogRow, 'seq' | 'at'>

const MAX_ROWS = 500

/** The last lines of the log, numbered. */
export class LogBook {
  #rows: LogRow[] = []
  #lastSeq = 0

  write(at: number, line: Line): LogRow {
    const row = { seq: ++this.#lastSeq, at, ...line }
    this.#rows.push(row)
    if (this.#rows.length > 2 * MAX_ROWS) this.#rows = this.#rows.slice(-MAX_ROWS)
    return row
  }

  /** Oldest first. */
  rows(): LogRow[] {
    return this.#rows.slice(-MAX_ROWS)
  }
}

/** An event in a sentence; undefined for one of which there are too many to read. */
export function logLine(event: DhtEvent, traceId: (operationId: number) => string): Line | undefined {
  switch (event.type) {
    case 'operation:started': {
      const text = `${event.kind} ${keyText(event.key)} started.`
      return { level: 'debug', area: 'lookup', text, href: lookupHref(traceId(event.operationId)) }
    }
    case 'operation:ended': {
      const level = event.reason === 'failed' || event.reason === 'refused' ? 'warn' : 'info'
      const text = `Lookup ${event.operationId} ended in ${milliseconds(event.durationMs)}: ${event.result} (${event.reason}).`
      return { level, area: 'lookup', text, href: lookupHref(traceId(event.operationId)) }
    }
    case 'rpc:failed':
      if (event.failure === 'cancelled') return undefined
      return {
        level: event.failure === 'dial' || event.failure === 'timeout' ? 'info' : 'warn',
        area: event.failure === 'dial' || event.failure === 'no-address' ? 'dial' : 'rpc',
        text: `${event.messageType} to ${shortId(event.peer)} failed: ${event.message}`,
      }
    case 'rpc:inbound':
      if (event.outcome === 'ok') return undefined
      return {
        level: event.outcome === 'error' ? 'error' : 'warn',
        area: 'rpc',
        text: `${event.messageType} from ${shortId(event.peer)} was ${event.outcome}: ${event.reason ?? 'no reason given'}`,
      }
    default:
      return tableLine(event) ?? storeLine(event) ?? nodeLine(event)
  }
}

function tableLine(event: DhtEvent): Line | undefined {
  switch (event.type) {
    case 'table:added':
      return {
        level: 'info',
        area: 'table',
        text: `${shortId(event.peer)} joined the table at prefix length ${event.cpl} (${event.reason}).`,
      }
    case 'table:removed':
      return {
        level: event.reason === 'two-strikes' ? 'warn' : 'info',
        area: 'table',
        text: `${shortId(event.peer)} left the table (${event.reason}${event.replacedBy === undefined ? '' : `, ${shortId(event.replacedBy)} took its place`}).`,
      }
    case 'table:refused':
      return {
        level: 'debug',
        area: 'table',
        text: `${shortId(event.peer)} was not taken into the table (${event.reason}).`,
      }
    case 'table:split':
      return {
        level: 'debug',
        area: 'table',
        text: `The bucket at prefix length ${event.cpl} was split; there are ${event.buckets} now.`,
      }
    default:
      return undefined
  }
}

function storeLine(event: DhtEvent): Line | undefined {
  switch (event.type) {
    case 'record:stored':
      return {
        level: 'info',
        area: 'store',
        text: `${keyText(event.key)} stored (${event.change}, ${event.sizeBytes} bytes, from ${shortId(event.from)}).`,
      }
    case 'record:refused':
      return {
        level: 'warn',
        area: 'validator',
        text: `${keyText(event.key)} from ${shortId(event.from)} was refused: ${event.reason}`,
      }
    case 'record:removed':
      return { level: 'info', area: 'store', text: `${keyText(event.key)} was removed (${event.why}).` }
    case 'provider:stored':
      if (event.change === 'refreshed') return undefined
      return {
        level: 'info',
        area: 'store',
        text: `${shortId(event.provider)} provides ${keyViewOf(event.key, 'provider').text}.`,
      }
    case 'provider:refused':
      return {
        level: 'warn',
        area: 'store',
        text: `The announcement of ${shortId(event.provider)} was refused: ${event.reason}`,
      }
    default:
      return undefined
  }
}

function nodeLine(event: DhtEvent): Line | undefined {
  switch (event.type) {
    case 'mode:changed':
      return { level: 'info', area: 'node', text: `The node is a ${event.mode} now: ${event.evidence}` }
    case 'limit:hit':
      return { level: 'warn', area: 'rpc', text: event.message }
    case 'maintenance:done':
      return {
        level: 'debug',
        area: 'maint',
        text: `${event.task} done in ${milliseconds(event.durationMs)}: ${event.result}.`,
      }
    case 'warning':
      return { level: 'warn', area: 'node', text: event.message }
    default:
      return undefined
  }
}

function lookupHref(traceId: string): string {
  return `/lookups/${traceId}`
}

function keyText(key: Uint8Array): string {
  const { text } = keyViewOf(key)
  return text.length <= 48 ? text : `${text.slice(0, 30)}…${text.slice(-10)}`
}

function shortId(id: string): string {
  return id.length <= 14 ? id : `${id.slice(0, 4)}…${id.slice(-6)}`
}

function milliseconds(ms: number): string {
  return ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`
}
