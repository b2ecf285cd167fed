import { notifications } from '@mantine/notifications'
import { useEffect, useRef } from 'react'
import { useApp } from '../state/app-store.ts'

const colors = {
  good: 'var(--good)',
  info: 'var(--accent)',
  warn: 'var(--warn)',
  bad: 'var(--bad)',
} as const

/** Shows what the backend raises, once each; bad ones stay until closed. */
export function useNotices(): void {
  const notices = useApp((state) => state.notices)
  const shown = useRef(0)
  useEffect(() => {
    for (const { number, severity, text } of notices) {
      if (number <= shown.current) continue
      shown.current = number
      notifications.show({
        message: text,
        color: colors[severity],
        autoClose: severity === 'bad' ? false : 8000,
      })
    }
  }, [notices])
}
