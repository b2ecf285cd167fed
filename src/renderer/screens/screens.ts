import {
  type Icon,
  IconAdjustmentsHorizontal,
  IconArrowsLeftRight,
  IconChartBar,
  IconGauge,
  IconListTree,
  IconShieldCheck,
  IconStack2,
} from '@tabler/icons-react'
import { type ComponentType, type LazyExoticComponent, lazy } from 'react'
import { formatCompact, formatRate } from '../format/numbers.ts'
import type { AppState } from '../state/app-store.ts'
import { seatedPeerCount } from '../state/selectors.ts'

/** A screen as the navigation, the router and the palette know it. */
export interface Screen {
  /** Its route; what follows it names the thing selected: `/table/12D3…`. */
  path: string
  title: string
  group: 'Observe' | 'Data' | 'Foot'
  icon: Icon
  component: LazyExoticComponent<ComponentType>
  /** Fetches its code ahead. */
  load: () => Promise<unknown>
  /** What stands beside its name. */
  count?: (state: AppState) => string
}

/** A screen's code is fetched when it is first shown, or ahead by `loadScreens`. */
function drawnBy(load: () => Promise<ComponentType>): Pick<Screen, 'component' | 'load'> {
  return { load, component: lazy(async () => ({ default: await load() })) }
}

/** In the order of the navigation. */
export const screens: readonly Screen[] = [
  {
    path: '/overview',
    title: 'Overview',
    group: 'Observe',
    icon: IconGauge,
    ...drawnBy(async () => (await import('./overview/overview-screen.tsx')).OverviewScreen),
  },
  {
    path: '/table',
    title: 'Routing table',
    group: 'Observe',
    icon: IconChartBar,
    ...drawnBy(async () => (await import('./table/table-screen.tsx')).TableScreen),
    count: (state) => formatCompact(seatedPeerCount(state)),
  },
  {
    path: '/lookups',
    title: 'Lookups',
    group: 'Observe',
    icon: IconListTree,
    ...drawnBy(async () => (await import('./lookups/lookups-screen.tsx')).LookupsScreen),
    count: ({ operations }) => formatCompact(operations.length),
  },
  {
    path: '/rpcs',
    title: 'RPC log',
    group: 'Observe',
    icon: IconArrowsLeftRight,
    ...drawnBy(async () => (await import('./rpc-log/rpc-log-screen.tsx')).RpcLogScreen),
    count: (state) => `${formatRate(requestRate(state))}/s`,
  },
  {
    path: '/records',
    title: 'Records',
    group: 'Data',
    icon: IconStack2,
    ...drawnBy(async () => (await import('./records/records-screen.tsx')).RecordsScreen),
    count: ({ store }) => formatCompact((store?.values.entries ?? 0) + (store?.providers.entries ?? 0)),
  },
  {
    path: '/validators',
    title: 'Validators',
    group: 'Data',
    icon: IconShieldCheck,
    ...drawnBy(async () => (await import('./validators/validators-screen.tsx')).ValidatorsScreen),
  },
  {
    path: '/settings',
    title: 'Settings',
    group: 'Foot',
    icon: IconAdjustmentsHorizontal,
    ...drawnBy(async () => (await import('./settings/settings-screen.tsx')).SettingsScreen),
  },
]

/** Fetches the code of every screen, so that none has to be waited for, or is missing when the backend has gone. */
export async function loadScreens(): Promise<void> {
  for (const { load } of screens) await load()
}

function requestRate({ rates }: AppState): number {
  const point = rates.at(-1)
  const sum = (values: Record<string, number> = {}) =>
    Object.values(values).reduce((all, one) => all + one, 0)
  return sum(point?.in) + sum(point?.out)
}
