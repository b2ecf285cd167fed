/** The protocol id the interop tests run on. */
export const PROTOCOL = '/ipfs/kad/1.0.0'
