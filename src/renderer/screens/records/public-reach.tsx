import type { NetworkRow } from '../../../shared/rows.ts'

interface PublicReachProps {
  network: NetworkRow
  /** What is sent: `the value of /note/hello`. */
  what: string
}

/** To whom something goes that is published on a public network, and that it cannot be called back. */
export function PublicReach({ network: { name, k }, what }: PublicReachProps) {
  return (
    <>
      This sends {what}, with this node’s peer id and addresses, to the {k} nodes of <b>{name}</b> that are
      nearest to the key. They are machines of people you do not know. Anybody can read it, and nobody can
      call it back: it ends when their copies expire.
    </>
  )
}
