import { useEffect, useState } from 'react'
import { api, type ShownError, shownError } from '../../api.ts'
import { EmptyState, LoadingState } from '../../components/empty-state.tsx'
import { ErrorText } from '../../components/error-text.tsx'
import { MessageBytes } from '../../components/message-bytes.tsx'
import classes from './evidence-panel.module.css'
import { rpcRowId } from './lookup-routes.ts'
import type { WaterfallRow } from './waterfall.ts'

interface MessageViewProps {
  traceId: string
  row: WaterfallRow | undefined
}

/** The messages of the chosen request, decoded beside their bytes. */
export function MessageView({ traceId, row }: MessageViewProps) {
  const { messages, error } = useMessages(traceId, row)
  if (row === undefined) return <EmptyState title="No request to show." />
  if (error !== undefined)
    return (
      <div className={classes.error}>
        <ErrorText error={error} />
      </div>
    )
  if (messages === undefined) return <LoadingState>Fetching the messages…</LoadingState>
  return <MessageBytes request={messages.request} reply={messages.reply} />
}

interface Messages {
  request: string | undefined
  reply: string | undefined
}

/** Asked for again when the request has ended: then there is a reply. */
function useMessages(traceId: string, row: WaterfallRow | undefined) {
  const id = row === undefined ? undefined : rpcRowId(traceId, row.rpcId)
  const isOpen = row?.outcome === 'pending'
  const [state, setState] = useState<{ id: string; messages?: Messages; error?: ShownError }>()
  // biome-ignore lint/correctness/useExhaustiveDependencies: `isOpen` turns when there is a reply to fetch
  useEffect(() => {
    if (id === undefined) return
    let isCurrent = true
    api.rpcs.get({ id }).then(
      ({ request, reply }) => isCurrent && setState({ id, messages: { request, reply } }),
      (cause: unknown) => isCurrent && setState({ id, error: shownError(cause) }),
    )
    return () => {
      isCurrent = false
    }
  }, [id, isOpen])
  const current = state?.id === id ? state : undefined
  return { messages: current?.messages, error: current?.error }
}
