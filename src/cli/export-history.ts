/**
 * `ledgerline export-history`: the records of a tenant or of one actor as CSV, JSON Lines or CloudEvents.
 */
import { createWriteStream } from 'node:fs';
import { resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Command, Option } from 'commander';
import { EXPORT_FORMATS, type ExportFormat } from '../history/export.ts';
import { actorArgument } from './actor-path.ts';
import { Api, type ConnectionFlags } from './api.ts';
import { explained, type JsonFlag, withConnection, withJson } from './command-options.ts';
import type { Terminal } from './terminal.ts';

interface Flags extends ConnectionFlags, JsonFlag {
  readonly format: ExportFormat;
  readonly output?: string;
}

export function addExportHistory(program: Command, terminal: Terminal): void {
  const command = program
    .command('export-history <what>')
    .description('write the records of a tenant, or of an actor written tenant/kind/id, for other programs')
    .addOption(new Option('--format <format>', 'how').choices([...EXPORT_FORMATS]).default('jsonl'))
    .option('--output <file>', 'write to a file instead')
    .action((what: string, flags: Flags) => exportHistory(terminal, what, flags));
  explained(withJson(withConnection(command)), [
    ['export-history genesys/agent/ksippo --format csv --output ksippo.csv', 'for a spreadsheet'],
    ['export-history genesys --format cloudevents', 'everything of a tenant, without secrets'],
  ]);
}

async function exportHistory(
  terminal: Terminal,
  what: string,
  { format, output, json, ...flags }: Flags,
): Promise<void> {
  const actor = what.includes('/') ? actorArgument(what) : undefined;
  const tenant = encodeURIComponent(actor?.tenant ?? what);
  const query = new URLSearchParams({ format: json === true ? 'jsonl' : format });
  if (actor !== undefined) {
    query.set('kind', actor.kind);
    query.set('id', actor.id);
  }
  const pieces = await Api.of(terminal, flags).stream(`/v1/tenants/${tenant}/records?${query}`);
  if (output !== undefined) {
    const file = createWriteStream(resolve(terminal.cwd, output));
    await pipeline(pieces, file);
    return terminal.err(`${file.bytesWritten} bytes written to ${output}`);
  }
  const decoder = new TextDecoder();
  for await (const piece of pieces) terminal.raw(decoder.decode(piece, { stream: true }));
}
