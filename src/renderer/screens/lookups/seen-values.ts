import type { TraceModel } from './trace-model.ts'

/** A distinct value that an operation saw. */
export interface SeenValue {
  /** Base64. */
  value: string
  /** In the order they answered; no `rpcId` for this node itself. */
  holders: { peer: string; rpcId: number | undefined }[]
  firstMs: number
  /** Why the validator refused it. */
  rejected: string | undefined
  isSelected: boolean
}

/** Every distinct value: the one selected first, then valid ones by their holders, those refused last. */
export function seenValues(model: TraceModel): SeenValue[] {
  const byValue = new Map<string, SeenValue>()
  for (const { value, peer, rpcId, rejected, atMs } of model.values) {
    const isSelected = value === model.selected?.value
    const seen = byValue.get(value) ?? { value, holders: [], firstMs: atMs, rejected, isSelected }
    if (!seen.holders.some((holder) => holder.peer === peer)) seen.holders.push({ peer, rpcId })
    byValue.set(value, seen)
  }
  return [...byValue.values()].sort(
    (a, b) => rank(a) - rank(b) || b.holders.length - a.holders.length || a.firstMs - b.firstMs,
  )
}

function rank({ isSelected, rejected }: SeenValue): number {
  if (isSelected) return 0
  return rejected === undefined ? 1 : 2
}

/** The requests that brought each distinct value first. */
export function firstHolderRequests(model: TraceModel): Set<number> {
  return new Set(seenValues(model).flatMap(({ holders }) => holders[0]?.rpcId ?? []))
}

/** A provider an operation heard of. */
export interface FoundProvider {
  provider: string
  addrs: string[]
  /** Who named it, with the request that brought it; none for this node's own store. */
  namedBy: { peer: string; rpcId: number | undefined }[]
}

/** Providers in the order they were first named, with every address heard. */
export function foundProviders(model: TraceModel): FoundProvider[] {
  const found = new Map<string, FoundProvider>()
  for (const { provider, addrs, from, rpcId } of model.providers) {
    const known = found.get(provider)
    found.set(provider, {
      provider,
      addrs: [...new Set([...(known?.addrs ?? []), ...addrs])],
      namedBy: [...(known?.namedBy ?? []), { peer: from, rpcId }],
    })
  }
  return [...found.values()]
}
