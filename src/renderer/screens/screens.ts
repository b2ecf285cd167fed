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
import type { ComponentType } from 'react'
import { formatCompact, formatRate } from '../format/numbers.ts'
import type { AppState } from '../state/app-store.ts'
import { seatedPeerCount } from '../state/selectors.ts'
import { LookupsScreen } from './lookups/lookups-screen.tsx'
import { OverviewScreen } from './overview/overview-screen.tsx'
import { RecordsScreen } from './records/records-screen.tsx'
import { RpcLogScreen } from './rpc-log/rpc-log-screen.tsx'
import { SettingsScreen } from './settings/settings-screen.tsx'
import { TableScreen } from './table/table-screen.tsx'
import { ValidatorsScreen } from './validators/validators-screen.tsx'

/** A screen as the navigation, the router and the palette know it. */
export interface Screen {
  /** Its route; what follows it names the thing selected: `/table/12D3…`. */
  path: string
  title: string
  group: 'Observe' | 'Data' | 'Foot'
  icon: Icon
  component: ComponentType
  /** What stands beside its name. */
  count?: (state: AppState) => string
}

/** In the order of the navigation. */
export const screens: readonly Screen[] = [
  { path: '/overview', title: 'Overview', group: 'Observe', icon: IconGauge, component: OverviewScreen },
  {
    path: '/table',
    title: 'Routing table',
    group: 'Observe',
    icon: IconChartBar,
    component: TableScreen,
    count: (state) => formatCompact(seatedPeerCount(state)),
  },
  {
    path: '/lookups',
    title: 'Lookups',
    group: 'Observe',
    icon: IconListTree,
    component: LookupsScreen,
    count: ({ operations }) => formatCompact(operations.length),
  },
  {
    path: '/rpcs',
    title: 'RPC log',
    group: 'Observe',
    icon: IconArrowsLeftRight,
    component: RpcLogScreen,
    count: (state) => `${formatRate(requestRate(state))}/s`,
  },
  {
    path: '/records',
    title: 'Records',
    group: 'Data',
    icon: IconStack2,
    component: RecordsScreen,
    count: ({ store }) => formatCompact((store?.values.entries ?? 0) + (store?.providers.entries ?? 0)),
  },
  {
    path: '/validators',
    title: 'Validators',
    group: 'Data',
    icon: IconShieldCheck,
    component: ValidatorsScreen,
  },
  {
    path: '/settings',
    title: 'Settings',
    group: 'Foot',
    icon: IconAdjustmentsHorizontal,
    component: SettingsScreen,
  },
]

function requestRate({ rates }: AppState): number {
  const point = rates.at(-1)
  const sum = (values: Record<string, number> = {}) =>
    Object.values(values).reduce((all, one) => all + one, 0)
  return sum(point?.in) + sum(point?.out)
}
