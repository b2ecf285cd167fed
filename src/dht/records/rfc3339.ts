const pattern = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,32}))?(Z|[+-]\d{2}:\d{2})$/

const NS_PER_MS = 1_000_000n

/**
 * An RFC 3339 time in nanoseconds since the Unix epoch; digits past the ninth
 * are cut off. Undefined when the text is none (as Go reads them: upper-case T
 * and Z, no leap second).
 */
export function parseRfc3339(text: string): bigint | undefined {
  const match = pattern.exec(text)
  if (match === null) return undefined
  const [, year, month, day, hour, minute, second, fraction = '', zone = 'Z'] = match
  const clock = [hour, minute, second].map(Number)
  const [h = 0, m = 0, s = 0] = clock
  const date = new Date(`${year}-${month}-${day}T00:00:00Z`)
  const isDate = !Number.isNaN(date.getTime()) && date.getUTCDate() === Number(day)
  const offsetMinutes = zoneMinutes(zone)
  if (!isDate || h > 23 || m > 59 || s > 59 || offsetMinutes === undefined) return undefined
  const ms = date.getTime() + ((h * 60 + m - offsetMinutes) * 60 + s) * 1000
  return BigInt(ms) * NS_PER_MS + BigInt(fraction.slice(0, 9).padEnd(9, '0'))
}

/** Milliseconds since the epoch as RFC 3339 UTC with nine digits, as go and js write it in IPNS records. */
export function formatRfc3339Nano(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000000Z')
}

function zoneMinutes(zone: string): number | undefined {
  if (zone === 'Z') return 0
  const [hours = 99, minutes = 99] = zone.slice(1).split(':').map(Number)
  if (hours > 23 || minutes > 59) return undefined
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes)
}
