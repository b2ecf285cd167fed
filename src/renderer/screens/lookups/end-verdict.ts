import { plural } from './phrases.ts'
import { isLookupRequest, type TraceModel } from './trace-model.ts'
import type { TraceVerdict } from './verdicts.ts'

/** Why an operation ended badly, or as it should when there is nothing else to say; absent while it runs. */
export function endVerdict(model: TraceModel): TraceVerdict | undefined {
  const { ended, requests, seeds } = model
  if (ended === undefined) return undefined
  const asked = requests.filter(isLookupRequest)
  const { counts, error } = ended
  switch (ended.reason) {
    case 'starved':
      if (asked.length === 0 && seeds.length === 0) return nobodyToAsk()
      if (counts.replied === 0) return nobodyAnswered(asked.map(({ rpcId }) => rpcId))
      return starved(model)
    case 'timeout':
      return bad('It ran into its time limit.', 'What was found until then is the result.')
    case 'limit':
      return bad(
        'It used up its requests.',
        `${counts.asked} peers were asked, which is the most a lookup may.`,
      )
    case 'cancelled':
      return { ...bad('It was cancelled', 'before it ended by itself.'), severity: 'info' }
    case 'refused':
      return bad('It was refused before anything was sent.', error?.message ?? ended.result)
    case 'failed':
      return bad('It failed.', error?.message ?? ended.result)
    case 'local':
      return good('This node knew the answer.', 'Nobody had to be asked.')
    case 'stopped':
      return good('It had what it wanted', 'and stopped asking.')
    case 'converged':
      return good(
        'It converged.',
        `The ${plural(ended.closest.length, 'nearest live peer')} to the key ${ended.closest.length === 1 ? 'has' : 'have all'} answered.`,
      )
  }
}

function bad(title: string, text: string): TraceVerdict {
  return { severity: 'bad', costMs: 0, title, text, rpcIds: [] }
}

function good(title: string, text: string): TraceVerdict {
  return { severity: 'good', costMs: 0, title, text, rpcIds: [] }
}

function nobodyToAsk(): TraceVerdict {
  return bad(
    'Nobody to ask.',
    'The routing table holds no peer. Join the network, or connect to one of its servers.',
  )
}

function nobodyAnswered(rpcIds: number[]): TraceVerdict {
  return {
    ...bad(
      'Nobody answered.',
      `${plural(rpcIds.length, 'peer')} asked, none replied. Is this machine connected?`,
    ),
    rpcIds,
  }
}

/** Short of k is the usual end in a network smaller than k. */
function starved({ ended, started }: TraceModel): TraceVerdict {
  const found = ended?.closest.length ?? 0
  return {
    severity: 'info',
    costMs: 0,
    title: 'Everybody heard of was asked.',
    text: `${plural(found, 'peer')} answered, ${started?.k ?? 20} are wanted: the network is small, or the rest is silent.`,
    rpcIds: [],
  }
}
