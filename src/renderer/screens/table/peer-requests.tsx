import { Button, TextInput } from '@mantine/core'
import { useState } from 'react'
import { Link } from 'wouter'
import type { MessageType } from '../../../shared/trace-event.ts'
import { api } from '../../api.ts'
import { ErrorText } from '../../components/error-text.tsx'
import { Glyph } from '../../components/glyph.tsx'
import { useCommand } from '../../components/use-command.ts'
import { formatDuration } from '../../format/times.ts'
import classes from './table.module.css'

/** What can be asked of a peer with a key or without. */
const types = ['FIND_NODE', 'GET_VALUE', 'GET_PROVIDERS'] as const satisfies readonly MessageType[]

interface Answer {
  ok: boolean
  text: string
  rpcId?: string
}

/** One ping or one request to this peer alone, outside any lookup. */
export function PeerRequests({ networkId, id }: { networkId: string; id: string }) {
  const [key, setKey] = useState('')
  const ask = useCommand(async (type: 'PING' | (typeof types)[number]): Promise<Answer> => {
    if (type === 'PING') {
      const { rttMs } = await api.peers.ping({ networkId, id })
      return { ok: true, text: `It answered a ping in ${formatDuration(rttMs)}.` }
    }
    const asked = key.trim() === '' && type === 'FIND_NODE' ? id : key.trim()
    const { ok, message, rpcId } = await api.peers.request({ networkId, id, type, key: asked })
    return { ok, text: message, rpcId }
  })
  const needsKey = key.trim() === ''
  return (
    <div style={{ display: 'grid', gap: 6 }}>
      <div className={classes.buttons}>
        <Button size="xs" variant="filled" loading={ask.isRunning} onClick={() => void ask.run('PING')}>
          PING
        </Button>
        {types.map((type) => (
          <Button
            key={type}
            size="xs"
            disabled={ask.isRunning || (needsKey && type !== 'FIND_NODE')}
            title={
              needsKey ? (type === 'FIND_NODE' ? 'Asks for its own id' : 'Needs a key') : `Asks for ${key}`
            }
            onClick={() => void ask.run(type)}
          >
            {type}
          </Button>
        ))}
      </div>
      <TextInput
        aria-label="Key to ask for"
        placeholder="Key: /note/hello, a CID or a peer id"
        value={key}
        styles={{ input: { fontFamily: 'var(--font-mono)' } }}
        onChange={(event) => setKey(event.currentTarget.value)}
      />
      {ask.error !== undefined && <ErrorText error={ask.error} />}
      {ask.result !== undefined && <AnswerText answer={ask.result} />}
    </div>
  )
}

function AnswerText({ answer: { ok, text, rpcId } }: { answer: Answer }) {
  return (
    <p className="row xs" role="status">
      <Glyph kind={ok ? 'ok' : 'timeout'} />
      <span className="grow">{text}</span>
      {rpcId !== undefined && <Link href={`/rpcs/${rpcId}`}>Message</Link>}
    </p>
  )
}
