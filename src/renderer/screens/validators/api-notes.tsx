import classes from './validators-screen.module.css'

const calls: { code: string; note: string }[] = [
  {
    code: 'validate(key, value, now)',
    note: 'Return nothing or true to accept. Return a reason, or throw, to reject; the reason is shown.',
  },
  {
    code: 'select(key, values, now)',
    note: 'Return the index of the best value; all have passed validate. Without it the first is taken.',
  },
]

const parts: { code: string; note: string }[] = [
  { code: 'key.text, key.name, key.bytes', note: '/note/hello, hello, and the bytes' },
  { code: 'value', note: 'a Uint8Array' },
  { code: 'value.text(), value.json()', note: 'throw when it is neither' },
  { code: 'now', note: 'milliseconds since the epoch' },
]

/** What a script is given and what it may do, beside where it is written. */
export function ApiNotes() {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls
    <aside className={classes.api} aria-label="What a script is given" tabIndex={0}>
      {calls.map(({ code, note }) => (
        <div key={code}>
          <code>{code}</code>
          <p>{note}</p>
        </div>
      ))}
      <dl>
        {parts.map(({ code, note }) => (
          <div key={code}>
            <dt>
              <code>{code}</code>
            </dt>
            <dd>{note}</dd>
          </div>
        ))}
      </dl>
      <p>
        Runs in a sandbox: 50 ms a call, 16 MiB, no network, files, timers or Math.random. A call over its
        limit is a rejection.
      </p>
    </aside>
  )
}
