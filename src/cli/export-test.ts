/**
 * `ledgerline export-test`: an actor's history as a vitest file that replays it.
 */
import { writeFile } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { testFile } from '../history/export-test.ts';
import type { Transition } from '../model/transition.ts';
import { actorArgument, actorPath } from './actor-path.ts';
import { Api, type ConnectionFlags } from './api.ts';
import { explained, type JsonFlag, withConnection, withJson } from './command-options.ts';
import type { Terminal } from './terminal.ts';

interface Flags extends ConnectionFlags, JsonFlag {
  readonly output?: string;
}

const ROOT = resolve(import.meta.dirname, '../..');

export function addExportTest(program: Command, terminal: Terminal): void {
  const command = program
    .command('export-test <actor>')
    .description('write the history of an actor, written tenant/kind/id, as a test that replays it')
    .option('--output <file>', 'write to a file instead; name it *.test.ts')
    .action((actor: string, flags: Flags) => exportTest(terminal, actor, flags));
  explained(withJson(withConnection(command)), [
    [
      'export-test genesys/agent/ksippo --output test/history/ksippo.test.ts',
      'a regression test of what really happened',
    ],
    ['export-test genesys/call/A1', 'look at it first'],
  ]);
}

async function exportTest(terminal: Terminal, text: string, { output, json, ...flags }: Flags): Promise<void> {
  const actor = actorArgument(text);
  const records: Transition[] = [];
  const history = Api.of(terminal, flags).items<{ readonly record: Transition }>(`${actorPath(actor)}/history`);
  for await (const { record } of history) records.push(record);
  const file = output === undefined ? undefined : resolve(terminal.cwd, output);
  const source = testFile({ actor, records, root: file === undefined ? ROOT : rootFrom(dirname(file)) });
  if (file === undefined) return json === true ? terminal.out(JSON.stringify({ source })) : terminal.raw(source);
  await writeFile(file, source);
  const written = { file, records: records.length };
  if (json === true) terminal.out(JSON.stringify(written));
  else terminal.err(`${records.length} records written to ${output}; run it with vitest`);
}

/** As an import says it. */
function rootFrom(folder: string): string {
  const path = relative(folder, ROOT);
  return path.startsWith('.') ? path : `./${path}`.replace(/\/$/, '');
}
