/** Sites the explorer's help and verdicts link to. */
const HOSTS: ReadonlySet<string> = new Set([
  'docs.ipfs.tech',
  'docs.libp2p.io',
  'github.com',
  'json-schema.org',
  'specs.ipfs.tech',
  'ui.perfetto.dev',
])

/** True when the system's browser may be asked to open the link: https, without credentials, to a site we know. */
export function isAllowedLink(link: string): boolean {
  if (!URL.canParse(link)) return false
  const { protocol, hostname, port, username, password } = new URL(link)
  return protocol === 'https:' && HOSTS.has(hostname) && port === '' && username === '' && password === ''
}
