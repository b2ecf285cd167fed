import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { z } from 'zod'
import {
  acceptAllAddresses,
  localAddressesOnly,
  type MultiaddrFilter,
  publicAddressesOnly,
} from '../../dht/address-filter.ts'
import { DHTMode } from '../../dht/dht-mode.ts'
import { DEFAULT_SETTINGS } from '../../dht/operations/settings.ts'

/** Which gossiped addresses may be dialled or handed on. */
export type AddressFilterKind = 'public' | 'local' | 'all'

/** Which record keys a network knows. */
export interface KeyPolicy {
  /** Namespaces without a validator are refused; else they are taken unverified. */
  strictNamespaces: boolean
  /** Keys without a namespace are allowed, unverified, as Substrate's networks need. */
  plainKeys: boolean
}

/** A network, as plain data. */
export interface NetworkDefinition extends KeyPolicy {
  /** Lower-case letters, digits and dashes; the name of its profile folder. */
  id: string
  name: string
  kind: 'sandbox' | 'amino' | 'lan' | 'custom'
  /** One sentence. */
  description: string
  /** The whole protocol id, e.g. `/ipfs/kad/1.0.0`. */
  protocol: string
  /** Multiaddrs with `/p2p/<id>`. The Sandbox's are known when it has started. */
  bootstrap: readonly string[]
  addressFilter: AddressFilterKind
  /** Find peers of the local network by multicast DNS. */
  mdns: boolean
  k: number
  alpha: number
  beta: number
  /** Seeds of a lookup beside the routing table's; 0 shows lookups from the table alone. */
  maxCachedSeeds: number
  /** A libp2p private network: the text of its `swarm.key` file. */
  swarmKey?: string
  /** What is published here reaches other people's machines. */
  isPublic: boolean
  /** Multiaddrs to listen on. */
  listen: readonly string[]
  mode: DHTMode
  /** Table entries of one IP group: in a bucket and in the whole table; 0 is no cap. */
  diversity: { perBucket: number; perTable: number }
  ttls: { valueMs: number; providerMs: number; providerAddressMs: number }
}

const { k, beta, valueTtlMs, providerTtlMs, providerAddrTtlMs } = DEFAULT_SETTINGS

const defaults = {
  mdns: false,
  k,
  alpha: DEFAULT_SETTINGS.alpha,
  beta,
  maxCachedSeeds: DEFAULT_SETTINGS.maxCachedSeeds,
  strictNamespaces: true,
  plainKeys: false,
  diversity: { perBucket: 0, perTable: 0 },
  ttls: { valueMs: valueTtlMs, providerMs: providerTtlMs, providerAddressMs: providerAddrTtlMs },
}

const anyAddress = ['/ip4/0.0.0.0/tcp/0', '/ip6/::/tcp/0']

/** A swarm on this machine: small k and no seeds but the table's, so that lookups take two hops and more. */
export const sandboxNetwork: NetworkDefinition = {
  ...defaults,
  id: 'sandbox',
  name: 'Sandbox',
  kind: 'sandbox',
  description: '40 real nodes on this machine, to try everything without reaching anybody.',
  protocol: '/kadscope/sandbox/kad/1.0.0',
  bootstrap: [],
  addressFilter: 'all',
  k: 5,
  alpha: 3,
  maxCachedSeeds: 0,
  isPublic: false,
  listen: ['/ip4/127.0.0.1/tcp/0'],
  mode: DHTMode.SERVER,
}

/** The DHT that IPFS stands on. Its bootstrap peers are contacted only when a person chooses it. */
export const aminoNetwork: NetworkDefinition = {
  ...defaults,
  id: 'amino',
  name: 'IPFS public (Amino)',
  kind: 'amino',
  description: 'The public DHT of IPFS. What you publish here is visible to everybody.',
  protocol: '/ipfs/kad/1.0.0',
  bootstrap: [
    '/dnsaddr/bootstrap.libp2p.io/p2p/QmNnooDu7bfjPFoTZYxMNLWUQJyrVwtbZg5gBMjTezGAJN',
    '/dnsaddr/bootstrap.libp2p.io/p2p/QmQCU2EcMqAqQPR2i9bChDtGNJchTbq5TbXJJ16u19uLTa',
    '/dnsaddr/bootstrap.libp2p.io/p2p/QmbLHAnMoJPWSCR5Zhtx6BHJX9KiKNN6tpvbUcqanj75Nb',
    '/dnsaddr/bootstrap.libp2p.io/p2p/QmcZf59bWwK5XFi76CZX8cbJ4BhTzzA3gU1ZjYZcYW3dwt',
    '/dnsaddr/va1.bootstrap.libp2p.io/p2p/12D3KooWKnDdG3iXw9eTFijk3EWSunZcFi54Zka4wmtqtt6rPxc8',
    '/ip4/104.131.131.82/tcp/4001/p2p/QmaCpDMGvV2BGHeYERUEnRQAwe3N8SzbUtfsmvsqQLuvuJ',
  ],
  addressFilter: 'public',
  isPublic: true,
  listen: anyAddress,
  mode: DHTMode.AUTO,
  diversity: { perBucket: 2, perTable: 3 },
}

/** Peers of the local network, met by multicast DNS. */
export const lanNetwork: NetworkDefinition = {
  ...defaults,
  id: 'lan',
  name: 'Local network',
  kind: 'lan',
  description: 'Nodes on your local network, found by multicast DNS.',
  protocol: '/ipfs/lan/kad/1.0.0',
  bootstrap: [],
  addressFilter: 'local',
  mdns: true,
  isPublic: true,
  listen: anyAddress,
  mode: DHTMode.SERVER,
}

/** What everybody can choose without describing it, the default first. */
export const presets: readonly NetworkDefinition[] = [sandboxNetwork, aminoNetwork, lanNetwork]

/** A description of a network that does not hold together; the message says what is wrong with which part. */
export class InvalidNetworkError extends Error {
  readonly code = 'INVALID_NETWORK'

  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'InvalidNetworkError'
  }
}

const swarmKeyText = /^\/key\/swarm\/psk\/1\.0\.0\/\r?\n\/base16\/\r?\n[0-9a-fA-F]{64}\s*$/

const addressSchema = z
  .string()
  .trim()
  .refine(isMultiaddr, 'is not a multiaddr; one looks like /ip4/192.0.2.1/tcp/4001')

const customNetworkSchema = z.strictObject({
  /** Default: made from the name. */
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'has 1 to 64 lower-case letters, digits and dashes')
    .optional(),
  name: z.string().trim().min(1, 'must not be empty').max(64, 'has at most 64 characters'),
  description: z.string().trim().max(300, 'has at most 300 characters').optional(),
  protocol: z
    .string()
    .trim()
    .regex(/^\/[^\s]{1,126}$/, 'must begin with a slash, like /myapp/kad/1.0.0'),
  bootstrap: z
    .array(addressSchema.refine(namesPeer, 'does not end in /p2p/<peer id>'))
    .max(100, 'has at most 100 addresses')
    .default([]),
  addressFilter: z.enum(['public', 'local', 'all']).default('all'),
  mdns: z.boolean().default(false),
  k: z.int().min(1, 'is at least 1').max(100, 'is at most 100').default(defaults.k),
  alpha: z.int().min(1, 'is at least 1').max(64, 'is at most 64').default(defaults.alpha),
  beta: z.int().min(1, 'is at least 1').max(100, 'is at most 100').optional(),
  strictNamespaces: z.boolean().default(true),
  plainKeys: z.boolean().default(false),
  swarmKey: z
    .string()
    .regex(
      swarmKeyText,
      'is not the text of a swarm.key file (/key/swarm/psk/1.0.0/, /base16/, 64 hex digits)',
    )
    .optional(),
  listen: z.array(addressSchema).min(1, 'needs at least one address').default(anyAddress),
  mode: z.enum(DHTMode).default(DHTMode.AUTO),
})

/** What a person says of a network of their own; all but name and protocol has a default. */
export type CustomNetworkInput = z.input<typeof customNetworkSchema>

/**
 * A network of somebody's own. Throws `InvalidNetworkError` with a sentence
 * for every part that is wrong.
 */
export function customNetwork(input: CustomNetworkInput): NetworkDefinition {
  const parsed = customNetworkSchema.safeParse(input)
  if (!parsed.success) throw new InvalidNetworkError(sentences(parsed.error), { cause: parsed.error })
  const { id, description, swarmKey, beta = Math.min(defaults.beta, parsed.data.k), ...given } = parsed.data
  const network: NetworkDefinition = {
    ...defaults,
    ...given,
    beta,
    id: id ?? `custom-${slug(given.name)}`,
    kind: 'custom',
    description: description ?? `A network of your own, speaking ${given.protocol}.`,
    isPublic: swarmKey === undefined,
    ...(swarmKey !== undefined && { swarmKey }),
  }
  checkTogether(network)
  return network
}

/** The address filter a network's data names. */
export function filterOf(kind: AddressFilterKind): MultiaddrFilter {
  if (kind === 'public') return publicAddressesOnly
  return kind === 'local' ? localAddressesOnly : acceptAllAddresses
}

/** What parts, each right by itself, must not be together. */
function checkTogether({
  id,
  protocol,
  strictNamespaces,
  plainKeys,
  swarmKey,
  beta,
  k,
}: NetworkDefinition): void {
  if (presets.some((preset) => preset.id === id)) {
    throw new InvalidNetworkError(`The id "${id}" belongs to a built-in network: choose another.`)
  }
  if (beta > k) throw new InvalidNetworkError(`beta (${beta}) must not be greater than k (${k}).`)
  const isLax = plainKeys || !strictNamespaces
  if (isLax && protocol === aminoNetwork.protocol && swarmKey === undefined) {
    throw new InvalidNetworkError(
      `${protocol} is the public DHT of IPFS, which takes /pk and /ipns records only: keep strictNamespaces on and plainKeys off, or choose another protocol id.`,
    )
  }
}

function sentences(error: z.ZodError): string {
  return error.issues.map((issue) => `${partName(issue.path)} ${issue.message}.`).join(' ')
}

/** `bootstrap[1]` of `['bootstrap', 1]`. */
function partName(path: readonly PropertyKey[]): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('')
  return text === '' ? 'The network:' : text.replace(/^\./, '')
}

function slug(name: string): string {
  const words = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
  return words.slice(0, 48).replace(/-+$/, '') || 'network'
}

function isMultiaddr(text: string): boolean {
  try {
    return multiaddr(text).getComponents().length > 0
  } catch {
    return false
  }
}

function namesPeer(text: string): boolean {
  try {
    const last = multiaddr(text).getComponents().at(-1)
    return last?.name === 'p2p' && last.value !== undefined && Boolean(peerIdFromString(last.value))
  } catch {
    return false
  }
}
