/** The kinds of key that Records works with. */
export const keyKinds = ['record', 'ipns', 'pk', 'content'] as const
export type KeyKind = (typeof keyKinds)[number]

export const keyKindLabels: Record<KeyKind, string> = {
  record: '/namespace/key',
  ipns: '/ipns',
  pk: '/pk',
  content: 'CID',
}

/** What a text looks like, as it is typed. */
export function kindOfKey(text: string): KeyKind {
  if (text.startsWith('/ipns/')) return 'ipns'
  if (text.startsWith('/pk/')) return 'pk'
  return text === '' || text.startsWith('/') ? 'record' : 'content'
}

/**
 * The text to go on from when another kind is chosen: what was typed after the
 * prefix stays where it can; `namespace` is that of a record key.
 */
export function withKind(text: string, kind: KeyKind, namespace: string): string {
  const name = text.replace(/^\/[^/]*\//, '')
  switch (kind) {
    case 'record':
      return `/${namespace}/${kindOfKey(text) === 'record' ? name : ''}`
    case 'ipns':
      return `/ipns/${isPeerText(name) ? name : ''}`
    case 'pk':
      return `/pk/${isPeerText(name) ? name : ''}`
    case 'content':
      return text.startsWith('/') ? '' : text
  }
}

function isPeerText(text: string): boolean {
  return /^(12D3|16U|Qm|k51|k2)/.test(text)
}
