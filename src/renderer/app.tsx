import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { Router } from 'wouter'
import { hashHref, useHashPath } from './route/hash-location.ts'
import { AppFrame } from './shell/app-frame.tsx'
import { cssVariables, theme } from './theme/theme.ts'

const colorScheme = localStorageColorSchemeManager({ key: 'kadscope:theme' })

/** The explorer. */
export function App() {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      colorSchemeManager={colorScheme}
      defaultColorScheme="auto"
    >
      <Notifications position="bottom-right" />
      <Router hook={useHashPath} hrefs={hashHref}>
        <AppFrame />
      </Router>
    </MantineProvider>
  )
}
