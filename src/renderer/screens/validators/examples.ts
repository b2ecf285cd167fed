/** A validator to begin with: JSON with a version, of which the highest wins. */
export const JAVASCRIPT_EXAMPLE = `// A note: JSON with a text and a version; the highest version wins.
function validate(key, value, now) {
  if (value.length > 1024) return 'A note has at most 1,024 bytes.'
  const { text, version } = value.json()
  if (typeof text !== 'string' || text === '') return 'text must not be empty.'
  if (!Number.isSafeInteger(version)) return 'version must be a whole number.'
}

function select(key, values, now) {
  const versions = values.map((value) => value.json().version)
  return versions.indexOf(Math.max(...versions))
}
`

/** The same rules as a schema, as far as a schema can say them. */
export const SCHEMA_EXAMPLE = `{
  "type": "object",
  "required": ["text"],
  "properties": {
    "text": { "type": "string", "minLength": 1, "maxLength": 280 },
    "version": { "type": "integer", "minimum": 1 }
  }
}
`

/** Values to try the example on: two that it accepts, two that it does not. */
export const SAMPLE_EXAMPLES = [
  '{"text": "hello, dht", "version": 2}',
  '{"text": "hello", "version": 1}',
  '{"text": "hello", "version": "3"}',
  'not JSON',
]
