const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** How long something took: `0.4 ms`, `38 ms`, `1.91 s`, `2 min 10 s`, `23 h 12 min`, `3 d 4 h`. */
export function formatDuration(ms: number): string {
  if (ms < 9.95) return `${Number(ms.toFixed(1))} ms`
  if (ms < 999.5) return `${Math.round(ms)} ms`
  if (ms < 9.995 * SECOND) return `${(ms / SECOND).toFixed(2)} s`
  if (ms < 59.95 * SECOND) return `${(ms / SECOND).toFixed(1)} s`
  return twoUnits(Math.round(ms / SECOND) * SECOND)
}

function twoUnits(ms: number): string {
  if (ms < HOUR) return parts(ms, MINUTE, 'min', SECOND, 's')
  if (ms < 2 * DAY) return parts(ms, HOUR, 'h', MINUTE, 'min')
  return parts(ms, DAY, 'd', HOUR, 'h')
}

function parts(ms: number, big: number, bigName: string, small: number, smallName: string): string {
  const count = Math.floor(ms / big)
  const rest = Math.floor((ms - count * big) / small)
  return rest === 0 ? `${count} ${bigName}` : `${count} ${bigName} ${rest} ${smallName}`
}

/** How long ago, in one unit: `now`, `4 s`, `2 min`, `3 h`, `5 d`. The future is `now` too. */
export function formatAge(ageMs: number): string {
  if (ageMs < SECOND) return 'now'
  if (ageMs < MINUTE) return `${Math.floor(ageMs / SECOND)} s`
  if (ageMs < HOUR) return `${Math.floor(ageMs / MINUTE)} min`
  return ageMs < 2 * DAY ? `${Math.floor(ageMs / HOUR)} h` : `${Math.floor(ageMs / DAY)} d`
}

/** Time left as a clock: `47:59:03`, `0:13:30`; `0:00:00` when it is over. */
export function formatCountdown(leftMs: number): string {
  const seconds = Math.max(0, Math.floor(leftMs / SECOND))
  const two = (value: number) => String(value).padStart(2, '0')
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
}

/** Wall time of the day, here: `14:31:07`; with milliseconds `14:31:07.183`. */
export function formatClock(at: number, { withMs = false } = {}): string {
  const date = new Date(at)
  const two = (value: number) => String(value).padStart(2, '0')
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
  return withMs ? `${clock}.${String(date.getMilliseconds()).padStart(3, '0')}` : clock
}

/** Date and time, here, to the millisecond, with the zone: for hovering over a relative time. */
export function formatMoment(at: number): string {
  const date = new Date(at)
  const two = (value: number) => String(value).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  const offset = -date.getTimezoneOffset()
  const zone = `${offset < 0 ? '−' : '+'}${two(Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`
  return `${day} ${formatClock(at, { withMs: true })} ${zone}`
}
