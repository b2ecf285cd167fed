/** What `followCalmly` needs of a zustand store. */
interface Source<State> {
  getState(): State
  subscribe(listener: () => void): () => void
}

/**
 * Tells a part of a store's state when it has changed, at most once every
 * `intervalMs`: the first change at once, and of those that come meanwhile the
 * last one, when the interval is over. However fast the state changes, nothing
 * waits longer than one interval. (React's `useDeferredValue` waits for as long
 * as the changes come faster than the deferred rendering ends: each of them
 * begins it anew.)
 *
 * Returns what ends it.
 */
export function followCalmly<State, Part>(
  source: Source<State>,
  select: (state: State) => Part,
  intervalMs: number,
  tell: (part: Part) => void,
): () => void {
  let told = select(source.getState())
  let timer: ReturnType<typeof setTimeout> | undefined
  const tellNew = () => {
    const part = select(source.getState())
    if (Object.is(part, told)) return
    told = part
    timer = setTimeout(endInterval, intervalMs)
    tell(part)
  }
  const endInterval = () => {
    timer = undefined
    tellNew()
  }
  const unsubscribe = source.subscribe(() => timer === undefined && tellNew())
  tell(told)
  return () => {
    clearTimeout(timer)
    unsubscribe()
  }
}
