const grouped = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 })

/** Stands where there is no value. */
export const NO_VALUE = '–'

/** `12,345`. */
export function formatCount(count: number): string {
  return grouped.format(count)
}

/** `870`, `3.1k`, `12.4M`: for places with little room. */
export function formatCompact(count: number): string {
  return compact.format(count).replace('K', 'k')
}

/** A rate or mean with one decimal below 100: `17.3`, `412`. */
export function formatRate(perSecond: number): string {
  return perSecond < 99.95 ? perSecond.toFixed(1) : formatCount(perSecond)
}

/** A share of 1 as `98.7 %`. */
export function formatPercent(share: number): string {
  const percent = share * 100
  return `${percent === Math.round(percent) ? percent : percent.toFixed(1)} %`
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const

/** `412 B`, `1.9 MiB`, `64 MiB`: powers of 1024, three digits at most. */
export function formatBytes(sizeBytes: number): string {
  let size = sizeBytes
  let unit = 0
  while (size >= 1023.5 && unit < UNITS.length - 1) {
    size /= 1024
    unit++
  }
  const digits = size < 9.95 && unit > 0 ? Math.round(size * 10) / 10 : Math.round(size)
  return `${formatCountWithDecimal(digits)} ${UNITS[unit]}`
}

function formatCountWithDecimal(value: number): string {
  return Number.isInteger(value) ? formatCount(value) : value.toFixed(1)
}
