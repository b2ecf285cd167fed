import { useElementSize } from '@mantine/hooks'
import type { ReactNode } from 'react'

interface ChartBoxProps {
  /** What the chart shows, for those who do not see it. */
  label: string
  /** Draws into this many pixels, so that hairlines stay sharp. */
  children: (width: number, height: number) => ReactNode
}

/** Fills its parent and hands its size in whole pixels to what draws. Nothing is drawn before the size is known. */
export function ChartBox({ label, children }: ChartBoxProps) {
  const { ref, width, height } = useElementSize()
  const isMeasured = width > 0 && height > 0
  return (
    <div
      ref={ref}
      role="img"
      aria-label={label}
      style={{ position: 'absolute', inset: 0, overflow: 'hidden' }}
    >
      {isMeasured && children(Math.floor(width), Math.floor(height))}
    </div>
  )
}
