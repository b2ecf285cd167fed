/** Says whether a binary multiaddr may be dialled or handed on in this network. */
export type MultiaddrFilter = (address: Uint8Array) => boolean
