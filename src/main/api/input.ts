import { base16 } from 'multiformats/bases/base16'
import { base64 } from 'multiformats/bases/base64'
import type { BytesInput } from '../../shared/contract.ts'
import { BackendError } from '../backend/backend-error.ts'
import type { RunningNode } from '../backend/running-node.ts'
import type { KeyUse } from '../keys/key-view.ts'
import { parseKey } from '../keys/parse-key.ts'

/** The bytes of a key as a person types it. Throws `ERR_INVALID_KEY` with what is wrong and what was perhaps meant. */
export function readKey(text: string, use: KeyUse, { network }: Pick<RunningNode, 'network'>): Uint8Array {
  const reading = parseKey(text, use, network)
  if (reading.ok) return reading.bytes
  const hint = reading.suggestion === undefined ? '' : ` Did you mean ${reading.suggestion}?`
  throw new BackendError('ERR_INVALID_KEY', reading.error + hint)
}

/** The bytes a person gives. Throws `ERR_INVALID_VALUE`. */
export function readBytes({ encoding, data }: BytesInput): Uint8Array {
  try {
    if (encoding === 'utf8') return new TextEncoder().encode(data)
    const text = data.replace(/\s+/g, '')
    if (encoding === 'hex') return base16.baseDecode(text.toLowerCase().replace(/^0x/, ''))
    return base64.baseDecode(text.replace(/=+$/, ''))
  } catch (cause) {
    throw new BackendError(
      'ERR_INVALID_VALUE',
      `The value is not ${encoding}: a character is wrong or missing.`,
      {
        cause,
      },
    )
  }
}

/** The bytes of a key that came from a row of ours. */
export function readHex(hex: string): Uint8Array {
  return base16.baseDecode(hex)
}
