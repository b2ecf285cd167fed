import { writeFileSync } from 'node:fs'
import { type Command, Option } from 'commander'
import { type ExportFormat, exportFormatSchema } from '../../../shared/contract.ts'
import { CliError, ExitCode } from '../exit-codes.ts'
import { type NetworkOptions, withNetworkOptions } from '../network-options.ts'
import { number } from '../number.ts'
import { columns, durationText, print, timeText } from '../output.ts'
import { type SessionNeeds, withSession } from '../session.ts'

const NEEDS: SessionNeeds = { profile: 'kept', peers: false }

/** `kadscope lookups` and `kadscope export`. */
export function lookupCommands(program: Command): void {
  withNetworkOptions(program.command('lookups'))
    .description('list lookups, the newest first')
    .option('--limit <n>', 'how many', number, 20)
    .option('--text <text>', 'only those with this in their key, kind or result')
    .addHelpText('after', '\nExamples:\n  kadscope lookups\n  kadscope lookups --text /note/ --json')
    .action(lookups)
  withNetworkOptions(program.command('export'))
    .description('export lookups as one file; without --out, to standard output')
    .argument('<ids...>', 'ids as `kadscope lookups` shows them')
    .addOption(new Option('--format <format>').choices(exportFormatSchema.options).default('ndjson'))
    .option('--redact', 'replace peer ids, addresses, keys and values')
    .option('--out <file>', 'write there')
    .addHelpText(
      'after',
      '\nExamples:\n  kadscope export x1abc-12\n  kadscope export x1abc-12 --format chrome-trace --out lookup.json',
    )
    .action(exportLookups)
}

async function lookups({
  limit,
  text,
  ...options
}: NetworkOptions & { limit: number; text?: string }): Promise<void> {
  await withSession(options, NEEDS, async ({ client, networkId }) => {
    const query = { networkId, limit, ...(text !== undefined && { text }) }
    const { rows, hasMore } = await client.operations.list(query)
    print(options.json, { rows, hasMore }, () =>
      columns(
        ['ID', 'STARTED', 'KIND', 'DURATION', 'OUTCOME', 'KEY', 'RESULT'],
        rows.map(({ id, startedAt, kind, durationMs, outcome, key, result }) => [
          id,
          timeText(startedAt),
          kind,
          durationText(durationMs),
          outcome,
          key.text,
          result,
        ]),
      ),
    )
  })
}

interface ExportOptions extends NetworkOptions {
  format: ExportFormat
  redact?: boolean
  out?: string
}

async function exportLookups(ids: string[], options: ExportOptions): Promise<void> {
  const { format, redact = false, out, ...network } = options
  await withSession(network, NEEDS, async ({ client }) => {
    const file = await client.operations.export({ ids, format, redact })
    if (out !== undefined) writeTo(out, file.text)
    if (network.json) print(true, out === undefined ? file : { ...file, text: undefined, out }, () => [])
    else if (out === undefined) process.stdout.write(file.text)
    else print(false, undefined, () => [`${ids.length} lookups written to ${out}`])
  })
}

function writeTo(path: string, text: string): void {
  try {
    writeFileSync(path, text)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new CliError(ExitCode.failed, `The file cannot be written: ${reason}.`, { cause })
  }
}
