import { createHash } from 'node:crypto'
import { multiaddr } from '@multiformats/multiaddr'
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { NodeOverrides } from '../backend/running-node.ts'
import { customNetwork, type NetworkDefinition, presets } from '../node/networks.ts'
import { CliError, ExitCode } from './exit-codes.ts'

/** What every command that needs a node takes. */
export interface NetworkOptions {
  home?: string
  network?: string
  bootstrap?: string[]
  protocol?: string
  listen?: string[]
  mode?: 'CLIENT' | 'SERVER' | 'AUTO'
  allowUnverified?: boolean
  json?: boolean
}

/** Adds the options of networks and homes to a command. */
export function withNetworkOptions(command: Command): Command {
  return command
    .option('--home <dir>', 'folder of the profiles (default: KADSCOPE_HOME, else the platform’s user data)')
    .option('--network <id>', 'network by id: sandbox, amino, lan, or one of your own')
    .option('--bootstrap <addresses>', 'peers to begin with, separated by commas', addresses)
    .option('--protocol <id>', 'an ad-hoc network that speaks this protocol id; wants --bootstrap')
    .option('--listen <addresses>', 'multiaddrs to listen on, separated by commas', addresses)
    .addOption(new Option('--mode <mode>', 'how this node takes part').choices(['CLIENT', 'SERVER', 'AUTO']))
    .option('--allow-unverified', 'take values of namespaces without a validator as they are, for this run')
    .option('--json', 'print one JSON document')
}

/** Multiaddrs separated by commas; the option may be given more than once. */
function addresses(text: string, before: string[] = []): string[] {
  const given = text.split(',').map((part) => part.trim())
  for (const address of given) checkAddress(address)
  return [...before, ...given]
}

function checkAddress(text: string): void {
  try {
    multiaddr(text).getComponents()
  } catch {
    throw new InvalidArgumentError(`"${text}" is no multiaddr; one reads /ip4/192.0.2.1/tcp/4001.`)
  }
}

/** True when the command line describes a node of its own, which a running backend cannot stand in for. */
export function wantsOwnNode({
  bootstrap,
  protocol,
  listen,
  mode,
  allowUnverified,
}: NetworkOptions): boolean {
  return [bootstrap, protocol, listen, mode, allowUnverified].some((option) => option !== undefined)
}

/** What differs from the network's own definition. */
export function overridesOf({ bootstrap, listen, mode }: NetworkOptions): NodeOverrides {
  return {
    ...(bootstrap !== undefined && { bootstrap }),
    ...(listen !== undefined && { listen }),
    ...(mode !== undefined && { mode }),
  }
}

/** Networks that the command line describes: one that speaks `--protocol`, or a laxer form of one there is. */
export function networksOf(options: NetworkOptions): NetworkDefinition[] {
  const base = options.protocol === undefined ? presetOf(options) : adHocNetwork(options, options.protocol)
  if (options.allowUnverified !== true) return options.protocol === undefined ? [] : [base]
  return [{ ...base, strictNamespaces: false }]
}

/** The network to join, or undefined for the one joined last. */
export function networkIdOf(options: NetworkOptions): string | undefined {
  return networksOf(options)[0]?.id ?? options.network
}

function presetOf({ network = 'sandbox', allowUnverified }: NetworkOptions): NetworkDefinition {
  const preset = presets.find(({ id }) => id === network) ?? presets[0]
  if (preset === undefined || (allowUnverified && preset.id !== network)) {
    throw new CliError(
      ExitCode.usage,
      'For a network of your own, say strictNamespaces: false where you add it.',
    )
  }
  return preset
}

/** Its id comes from the protocol, so that with `--home` the same profile is found again. */
function adHocNetwork({ bootstrap = [], listen, mode }: NetworkOptions, protocol: string): NetworkDefinition {
  const id = `adhoc-${createHash('sha256').update(protocol).digest('hex').slice(0, 12)}`
  try {
    return customNetwork({
      id,
      name: protocol,
      protocol,
      bootstrap,
      ...(listen !== undefined && { listen }),
      ...(mode !== undefined && { mode }),
    })
  } catch (cause) {
    throw new CliError(ExitCode.usage, cause instanceof Error ? cause.message : String(cause), { cause })
  }
}
