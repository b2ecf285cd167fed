import { useEffect, useState } from 'react'
import { type AppState, useApp } from './app-store.ts'
import { followCalmly } from './follow-calmly.ts'

/** Long enough to leave most frames free, short enough to look live. */
const INTERVAL_MS = 250

/**
 * A part of the shared state for views that take long to draw: it is new at
 * most four times a second. `select` must stay the same between renders.
 */
export function useCalmApp<Part>(select: (state: AppState) => Part): Part {
  const [part, setPart] = useState(() => select(useApp.getState()))
  useEffect(() => followCalmly(useApp, select, INTERVAL_MS, (next) => setPart(() => next)), [select])
  return part
}
