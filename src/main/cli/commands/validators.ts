import { type Command, Option } from 'commander'
import type { ValidatorDefinition, ValidatorRow } from '../../../shared/rows.ts'
import { CliError, ExitCode } from '../exit-codes.ts'
import { type NetworkOptions, withNetworkOptions } from '../network-options.ts'
import { number } from '../number.ts'
import { columns, durationText, print } from '../output.ts'
import { type SessionNeeds, withSession } from '../session.ts'
import { readText, readValue } from '../value-input.ts'

const NEEDS: SessionNeeds = { profile: 'kept', peers: false }
const KINDS = ['any', 'utf8', 'size', 'json-schema', 'javascript'] as const

interface DefinitionOptions extends NetworkOptions {
  kind: (typeof KINDS)[number]
  maxSize?: number
  file?: string
}

/** `kadscope validators list|add|remove|enable|disable|test`. */
export function validatorCommands(program: Command): void {
  const validators = program.command('validators').description('the rules of namespaces')
  withNetworkOptions(validators.command('list')).description('list the validators').action(list)
  withDefinition(validators.command('add'))
    .description('register a validator for a namespace, or replace the one there')
    .argument('<namespace>', 'such as note, for keys /note/…')
    .addHelpText(
      'after',
      `
Examples:
  kadscope validators add note --kind utf8 --max-size 1000
  kadscope validators add note --kind javascript --file note.js
  kadscope validators add config --kind json-schema --file config.schema.json`,
    )
    .action(add)
  const named = (name: string, description: string) =>
    withNetworkOptions(validators.command(name)).description(description).argument('<namespace>')
  named('remove', 'remove a registered validator').action(remove)
  named('enable', 'switch a registered validator on').action(setEnabled(true))
  named('disable', 'switch it off: a strict network refuses its values then').action(setEnabled(false))
  withDefinition(validators.command('test'))
    .description('try a definition on values without registering it')
    .argument('<key>', 'such as /note/hello')
    .argument('<values...>', 'each as for put: text, @FILE, hex:…, or -')
    .addHelpText(
      'after',
      '\nExample:\n  kadscope validators test /note/hello good "far too long" --kind javascript --file note.js',
    )
    .action(test)
}

function withDefinition(command: Command): Command {
  return withNetworkOptions(command)
    .addOption(new Option('--kind <kind>', 'kind of validator').choices(KINDS).default('javascript'))
    .option('--max-size <bytes>', 'for size and utf8', number)
    .option('--file <file>', 'source of a javascript or json-schema validator; - reads standard input')
}

async function list(options: NetworkOptions): Promise<void> {
  await withSession(options, NEEDS, async ({ client, networkId }) => {
    const { rows } = await client.validators.list({ networkId })
    print(options.json, { rows }, () => validatorLines(rows))
  })
}

async function add(namespace: string, options: DefinitionOptions): Promise<void> {
  const definition = definitionOf(options)
  await withSession(options, NEEDS, async ({ client, networkId }) => {
    const row = await client.validators.register({ networkId, namespace, definition })
    print(options.json, row, () => validatorLines([row]))
  })
}

async function remove(namespace: string, options: NetworkOptions): Promise<void> {
  await withSession(options, NEEDS, async ({ client, networkId }) => {
    await client.validators.remove({ networkId, namespace })
    print(options.json, { removed: namespace }, () => [`The validator of /${namespace} is removed.`])
  })
}

function setEnabled(enabled: boolean) {
  return async (namespace: string, options: NetworkOptions): Promise<void> => {
    await withSession(options, NEEDS, async ({ client, networkId }) => {
      const row = await client.validators.setEnabled({ networkId, namespace, enabled })
      print(options.json, row, () => validatorLines([row]))
    })
  }
}

async function test(key: string, values: string[], options: DefinitionOptions): Promise<void> {
  const definition = definitionOf(options)
  const samples = values.map((value) => ({ key, value: readValue(value) }))
  await withSession(options, NEEDS, async ({ client, networkId }) => {
    const result = await client.validators.test({ networkId, definition, samples })
    if (result.compileError !== undefined && !options.json) {
      throw new CliError(ExitCode.refused, result.compileError)
    }
    print(options.json, result, () =>
      columns(
        ['VALUE', 'VERDICT', 'TOOK', 'REASON'],
        result.samples.map(({ ok, reason, durationMs }, i) => [
          values[i] ?? '',
          ok ? (result.selected === i ? 'accepted, selected' : 'accepted') : 'rejected',
          durationText(durationMs),
          reason ?? '',
        ]),
      ),
    )
    const isRefused = result.compileError !== undefined || result.samples.some(({ ok }) => !ok)
    if (isRefused) process.exitCode = ExitCode.refused
  })
}

function definitionOf({ kind, maxSize, file }: DefinitionOptions): ValidatorDefinition {
  switch (kind) {
    case 'any':
      return { kind }
    case 'utf8':
      return { kind, ...(maxSize !== undefined && { maxSizeBytes: maxSize }) }
    case 'size':
      return { kind, maxSizeBytes: wanted(maxSize, '--max-size') }
    case 'json-schema':
      return { kind, schema: readText(wanted(file, '--file')) }
    case 'javascript':
      return { kind, source: readText(wanted(file, '--file')) }
  }
}

function wanted<T>(value: T | undefined, option: string): T {
  if (value !== undefined) return value
  throw new CliError(ExitCode.usage, `This kind of validator wants ${option}.`)
}

function validatorLines(rows: readonly ValidatorRow[]): string[] {
  return columns(
    ['NAMESPACE', 'KIND', 'STATE', 'VERSION', 'ACCEPTED', 'REJECTED'],
    rows.map(({ namespace, definition, enabled, version, counts }) => [
      `/${namespace}`,
      definition?.kind ?? 'built in',
      enabled ? 'in force' : 'disabled',
      String(version),
      String(counts.accepted),
      String(counts.rejected),
    ]),
  )
}
