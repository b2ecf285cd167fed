interface SparklineProps {
  values: readonly number[]
  width: number
  height: number
}

/** The course of a number beside it, without axes. */
export function Sparkline({ values, width, height }: SparklineProps) {
  if (values.length < 2) return null
  const top = Math.max(...values, 1e-9) * 1.1
  const step = (width - 2) / (values.length - 1)
  const points = values.map(
    (value, index) => `${1 + step * index},${height - 2 - ((height - 4) * value) / top}`,
  )
  return (
    <svg width={width} height={height} aria-hidden="true" style={{ flex: 'none' }}>
      <polyline points={points.join(' ')} fill="none" stroke="var(--accent)" strokeWidth="1.4" />
    </svg>
  )
}
