import { type CustomNetwork, customNetworkSchema } from '../../shared/contract.ts'

/** The form as it is typed: lists one per line. */
export interface CustomNetworkText {
  name: string
  protocol: string
  bootstrap: string
  k: number | string
  alpha: number | string
  addresses: 'public' | 'local' | 'all'
  mode: 'CLIENT' | 'SERVER' | 'AUTO'
  strictNamespaces: boolean
  plainKeys: boolean
  swarmKey: string
  listen: string
}

export const emptyCustomNetwork: CustomNetworkText = {
  name: '',
  protocol: '/ipfs/kad/1.0.0',
  bootstrap: '',
  k: 20,
  alpha: 16,
  addresses: 'all',
  mode: 'SERVER',
  strictNamespaces: true,
  plainKeys: false,
  swarmKey: '',
  listen: '/ip4/127.0.0.1/tcp/0',
}

export type FieldErrors = Partial<Record<keyof CustomNetworkText, string>>

/** What is wrong in each field, in words; empty when the network can be added. */
export function customNetworkErrors(text: CustomNetworkText): FieldErrors {
  const { error } = customNetworkSchema.safeParse(customNetwork(text))
  const errors: FieldErrors = { ...bootstrapError(text) }
  for (const { path, message } of error?.issues ?? []) {
    const field = path[0] as keyof CustomNetworkText
    errors[field] ??= field === 'name' ? 'Give it a name of 1–60 characters.' : message
  }
  return errors
}

/** The input of `networks.addCustom`. */
export function customNetwork(text: CustomNetworkText): CustomNetwork {
  const { bootstrap, listen, swarmKey, ...same } = text
  return {
    ...same,
    k: Number(text.k),
    alpha: Number(text.alpha),
    bootstrap: lines(bootstrap),
    listen: lines(listen),
    ...(swarmKey.trim() !== '' && { swarmKey: swarmKey.trim() }),
  }
}

function lines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

function bootstrapError({ bootstrap }: CustomNetworkText): FieldErrors {
  const bad = lines(bootstrap).find((line) => !/^\/.+\/p2p\/[^/]+$/.test(line))
  return bad === undefined ? {} : { bootstrap: `“${bad}” is no multiaddr that ends in /p2p/ and a peer id.` }
}
