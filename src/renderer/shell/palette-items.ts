import { shortKey, shortPeerId } from '../format/ids.ts'
import { screens } from '../screens/screens.ts'
import type { AppState } from '../state/app-store.ts'

/** Something the palette leads to. */
export interface PaletteItem {
  id: string
  group: 'Screens' | 'Commands' | 'Peers' | 'Lookups' | 'Keys'
  label: string
  detail?: string
  /** A route, or what the frame does. */
  to: { route: string } | { act: 'networks' | 'refresh' | 'dark' | 'light' }
}

const MAX_OF_GROUP = 6

const commands: readonly PaletteItem[] = [
  { id: 'look-up', group: 'Commands', label: 'Look something up', to: { route: '/lookups?new=1' } },
  { id: 'publish', group: 'Commands', label: 'Publish a value', to: { route: '/records' } },
  { id: 'networks', group: 'Commands', label: 'Join another network', to: { act: 'networks' } },
  { id: 'refresh', group: 'Commands', label: 'Refresh all buckets', to: { act: 'refresh' } },
  { id: 'dark', group: 'Commands', label: 'Dark theme', to: { act: 'dark' } },
  { id: 'light', group: 'Commands', label: 'Light theme', to: { act: 'light' } },
]

/** What fits a query, best group first: screens, commands, peers by id or address, lookups, and the query as a key. */
export function paletteItems(query: string, state: Pick<AppState, 'peers' | 'operations'>): PaletteItem[] {
  const text = query.trim()
  const fits = (label: string) => label.toLowerCase().includes(text.toLowerCase())
  const pages = screens.map(
    ({ path, title }): PaletteItem => ({ id: path, group: 'Screens', label: title, to: { route: path } }),
  )
  const named = [...pages, ...commands].filter(({ label }) => fits(label))
  return text === ''
    ? named
    : [...named, ...peerItems(text, state), ...lookupItems(fits, state), ...keyItems(text)]
}

function peerItems(text: string, { peers }: Pick<AppState, 'peers'>): PaletteItem[] {
  const items: PaletteItem[] = []
  for (const { id, address, agent } of peers.values()) {
    if (items.length === MAX_OF_GROUP) break
    if (!id.includes(text) && address?.includes(text) !== true && agent?.includes(text) !== true) continue
    const detail = [address, agent].filter((each) => each !== undefined).join(' · ')
    items.push({
      id: `peer-${id}`,
      group: 'Peers',
      label: shortPeerId(id),
      detail,
      to: { route: `/table/${id}` },
    })
  }
  return items
}

function lookupItems(
  fits: (text: string) => boolean,
  { operations }: Pick<AppState, 'operations'>,
): PaletteItem[] {
  return operations
    .filter(({ id, kind, key, result }) => fits(`${kind} ${key.text} ${result} ${id}`))
    .slice(0, MAX_OF_GROUP)
    .map(({ id, kind, key, result }) => ({
      id: `lookup-${id}`,
      group: 'Lookups',
      label: `${kind} ${shortKey(key.text)}`,
      detail: result,
      to: { route: `/lookups/${encodeURIComponent(id)}` },
    }))
}

function keyItems(text: string): PaletteItem[] {
  const route = `/records?key=${encodeURIComponent(text)}`
  return [
    {
      id: 'key',
      group: 'Keys',
      label: `Use ${shortKey(text)} as a key`,
      detail: 'resolve, publish or find providers',
      to: { route },
    },
  ]
}
