import { useEffect, useState } from 'react'

export const replaySpeeds = [0.1, 0.5, 1, 10] as const
export type ReplaySpeed = (typeof replaySpeeds)[number]

/** Where the replay of an operation stands, and what moves it. */
export interface Replay {
  /** Milliseconds since the operation began; absent while nothing is replayed. */
  cursorMs: number | undefined
  isPlaying: boolean
  speed: ReplaySpeed
  /** Undefined ends the replay. */
  seek: (atMs: number | undefined) => void
  toggle: () => void
  setSpeed: (speed: ReplaySpeed) => void
}

/** Replays `durationMs` of time; from the start again when it stood at the end. */
export function useReplay(durationMs: number): Replay {
  const [cursorMs, setCursorMs] = useState<number>()
  const [isPlaying, setPlaying] = useState(false)
  const [speed, setSpeed] = useState<ReplaySpeed>(0.5)
  useEffect(() => {
    if (!isPlaying) return
    return onEachFrame((elapsedMs) =>
      setCursorMs((atMs = 0) => {
        const next = atMs + elapsedMs * speed
        if (next >= durationMs) setPlaying(false)
        return Math.min(durationMs, next)
      }),
    )
  }, [isPlaying, speed, durationMs])
  const seek = (atMs: number | undefined) => {
    setPlaying(false)
    setCursorMs(atMs === undefined ? undefined : Math.max(0, Math.min(durationMs, atMs)))
  }
  const toggle = () => {
    if (!isPlaying && (cursorMs === undefined || cursorMs >= durationMs)) setCursorMs(0)
    setPlaying(!isPlaying)
  }
  return { cursorMs, isPlaying, speed, seek, toggle, setSpeed }
}

/** Calls back at every frame with the time since the one before, until the returned function is called. */
function onEachFrame(callback: (elapsedMs: number) => void): () => void {
  let lastMs: number | undefined
  const frame = (nowMs: number) => {
    callback(nowMs - (lastMs ?? nowMs))
    lastMs = nowMs
    handle = requestAnimationFrame(frame)
  }
  let handle = requestAnimationFrame(frame)
  return () => cancelAnimationFrame(handle)
}
