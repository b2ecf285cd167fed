import { SegmentedControl } from '@mantine/core'
import type { ReactNode } from 'react'

interface SegmentedProps<Value extends string> {
  label: string
  value: Value
  onChange: (value: Value) => void
  options: readonly (Value | { value: Value; label: ReactNode; disabled?: boolean })[]
}

/** One of a few, all in view. */
export function Segmented<Value extends string>({ label, value, onChange, options }: SegmentedProps<Value>) {
  return <SegmentedControl aria-label={label} value={value} onChange={onChange} data={[...options]} />
}
