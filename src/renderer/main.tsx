import '@mantine/core/styles.css'
import '@mantine/notifications/styles.css'
import '@mantine/spotlight/styles.css'
import './theme/tokens.css'
import './theme/base.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { runFeed } from './state/feed-client.ts'

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no element #root')

void runFeed(new AbortController().signal)
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
