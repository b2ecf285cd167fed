import { useMantineColorScheme } from '@mantine/core'
import { Spotlight } from '@mantine/spotlight'
import { IconSearch } from '@tabler/icons-react'
import { useState } from 'react'
import { api } from '../api.ts'
import { navigate } from '../route/hash-location.ts'
import { useApp } from '../state/app-store.ts'
import { useRunningNetworkId } from '../state/selectors.ts'
import { useUi } from '../state/ui-store.ts'
import classes from './app-frame.module.css'
import { type PaletteItem, paletteItems } from './palette-items.ts'

/** Ctrl-K: everything there is, by name. */
export function Palette() {
  const [query, setQuery] = useState('')
  return (
    <Spotlight.Root
      query={query}
      onQueryChange={setQuery}
      scrollable
      tagsToIgnore={[]}
      maxHeight={420}
      size={560}
      transitionProps={{ duration: 0 }}
      classNames={{ actionDescription: classes.paletteDetail ?? '' }}
    >
      <Spotlight.Search
        placeholder="Find a peer, key, lookup or command"
        aria-label="Find a peer, key, lookup or command"
        leftSection={<IconSearch size={16} aria-hidden />}
      />
      <Items query={query} />
    </Spotlight.Root>
  )
}

/** Mounted while the palette is open: reads the state of that moment, so that typing is not disturbed by the feed. */
function Items({ query }: { query: string }) {
  const run = useRun()
  const items = paletteItems(query, useApp.getState())
  const groups = [...new Set(items.map(({ group }) => group))]
  return (
    <Spotlight.ActionsList>
      {items.length === 0 && <Spotlight.Empty>Nothing fits.</Spotlight.Empty>}
      {groups.map((group) => (
        <Spotlight.ActionsGroup key={group} label={group}>
          {items
            .filter((item) => item.group === group)
            .map((item) => (
              <Spotlight.Action
                key={item.id}
                label={item.label}
                {...(item.detail !== undefined && { description: item.detail })}
                onClick={() => run(item)}
              />
            ))}
        </Spotlight.ActionsGroup>
      ))}
    </Spotlight.ActionsList>
  )
}

function useRun(): (item: PaletteItem) => void {
  const { setColorScheme } = useMantineColorScheme()
  const openNetworks = useUi(({ setNetworksOpen }) => setNetworksOpen)
  const networkId = useRunningNetworkId()
  return ({ to }) => {
    if ('route' in to) navigate(to.route)
    else if (to.act === 'networks') openNetworks(true)
    else if (to.act !== 'refresh') setColorScheme(to.act)
    else if (networkId !== undefined) {
      void api.node.refresh({ networkId })
      navigate('/table')
    }
  }
}
