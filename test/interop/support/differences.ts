import type { ImplementationName } from './implementations.ts'
import type { Namespace } from './records.ts'

/** Where an implementation differs from others, as a server if nothing else is said. docs/interop.md tells why. */
export interface Differences {
  /** Namespaces of which it takes records under canonical keys, and as a client puts and gets them so. */
  namespaces: readonly Namespace[]
  /** Namespaces whose names it wants in hexadecimal text, which is another key. */
  textNamespaces: readonly Namespace[]
  /** Refuses what does not validate. */
  validates: boolean
  /** Refuses an older record where it holds a newer. */
  keepsNewer: boolean
  /** Takes a record whose key is not that of the message. */
  takesOtherKey: boolean
  answersPing: boolean
  /** Repeats the key in its reply to GET_VALUE. */
  repeatsKey: boolean
  /** Answers ADD_PROVIDER. */
  acknowledgesProvider: boolean
  /** Addresses in its replies end in `/p2p/<id>`. */
  appendsPeerId: boolean
  /** As a client, asks every peer it hears of, and not only those nearer than who named them. */
  asksEverybody: boolean
  /** Names clients among the closest peers, as a server and as a client: whoever asked it once is in its table. */
  namesClients: boolean
}

const usual: Differences = {
  namespaces: ['v', 'pk', 'ipns'],
  textNamespaces: [],
  validates: true,
  keepsNewer: true,
  takesOtherKey: false,
  answersPing: true,
  repeatsKey: true,
  acknowledgesProvider: false,
  appendsPeerId: false,
  asksEverybody: true,
  namesClients: false,
}

export const differences: Record<ImplementationName, Differences> = {
  go: usual,
  rust: {
    ...usual,
    validates: false,
    keepsNewer: false,
    takesOtherKey: true,
    answersPing: false,
    repeatsKey: false,
    appendsPeerId: true,
  },
  py: {
    ...usual,
    namespaces: ['v'],
    textNamespaces: ['pk', 'ipns'],
    acknowledgesProvider: true,
    namesClients: true,
  },
  js: { ...usual, keepsNewer: false, takesOtherKey: true, asksEverybody: false },
}
