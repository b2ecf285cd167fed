import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** Why a request is refused. */
export interface Refusal {
  status: 401 | 403
  /** A sentence for who reads it in the browser. */
  text: string
}

/** Names that mean this machine whatever a name server says; a tunnel may bring them with any port. */
const LOOPBACK_NAMES: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]'])

/**
 * A page that was loaded under another name (DNS rebinding) or belongs to
 * another site must not reach the backend, however it learnt the address.
 */
export function refusalOfOrigin({ headers }: Pick<IncomingMessage, 'headers'>): Refusal | undefined {
  const host = parseHost(headers.host)
  if (host === undefined || !LOOPBACK_NAMES.has(host.hostname)) {
    return {
      status: 403,
      text: 'Kadscope answers only as 127.0.0.1 or localhost: open the address it printed.',
    }
  }
  if (headers.origin === undefined || headers.origin === `http://${host.host}`) return undefined
  return { status: 403, text: 'Pages of other sites may not use Kadscope: open the address it printed.' }
}

/** The token stands in the address's query, since browsers let a WebSocket say nothing else. */
export function refusalOfToken(
  { url = '/' }: Pick<IncomingMessage, 'url'>,
  token: string,
): Refusal | undefined {
  const given = new URL(url, 'http://localhost').searchParams.get('token') ?? ''
  if (isSame(given, token)) return undefined
  return {
    status: 401,
    text: 'The token is missing or wrong: open the address Kadscope printed when it started.',
  }
}

function parseHost(host: string | undefined): URL | undefined {
  return host !== undefined && URL.canParse(`http://${host}`) ? new URL(`http://${host}`) : undefined
}

/** Takes as long for a near miss as for any other; hashed, because lengths must be equal. */
function isSame(a: string, b: string): boolean {
  return timingSafeEqual(hash(a), hash(b))
}

function hash(text: string): Uint8Array {
  return createHash('sha256').update(text).digest()
}
