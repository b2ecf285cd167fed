import { useCallback, useSyncExternalStore } from 'react'
import type { BaseLocationHook } from 'wouter'

/**
 * Where the explorer stands, in the fragment of the URL: a path and a query,
 * `#/table/12D3…?cpl=8`, so that a reload returns to the same place. (wouter's
 * own hash location keeps the query before the fragment, where the token is.)
 */
function fragment(): URL {
  return new URL(`/${location.hash.replace(/^#?\/?/, '')}`, 'http://fragment')
}

function subscribe(listener: () => void): () => void {
  addEventListener('hashchange', listener)
  addEventListener('popstate', listener)
  return () => {
    removeEventListener('hashchange', listener)
    removeEventListener('popstate', listener)
  }
}

const currentPath = () => fragment().pathname

/** Goes to a route: `/lookups/x1-12`, `/table?cpl=8`. */
export function navigate(to: string, { replace = false }: { replace?: boolean } = {}): void {
  const url = new URL(location.href)
  url.hash = to
  history[replace ? 'replaceState' : 'pushState'](null, '', url)
  dispatchEvent(new HashChangeEvent('hashchange'))
}

/** The location hook for wouter's `Router`. */
export const useHashPath: BaseLocationHook = () => [useSyncExternalStore(subscribe, currentPath), navigate]

/** How wouter's links look in the page. */
export const hashHref = (href: string): string => `#${href}`

/** A value of the route's query and its setter; setting it adds no step to the history. */
export function useRouteParam(name: string): [string | undefined, (value: string | undefined) => void] {
  const value = useSyncExternalStore(subscribe, () => fragment().searchParams.get(name) ?? undefined)
  const setValue = useCallback((next: string | undefined) => setRouteParams({ [name]: next }), [name])
  return [value, setValue]
}

/** Sets several values of the route's query at once; `undefined` takes one out. */
export function setRouteParams(values: Readonly<Record<string, string | undefined>>): void {
  const url = fragment()
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) url.searchParams.delete(name)
    else url.searchParams.set(name, value)
  }
  navigate(url.pathname + url.search, { replace: true })
}

/** The route's query with its question mark, or nothing: to go elsewhere and keep it. */
export function routeQuery(): string {
  return fragment().search
}
