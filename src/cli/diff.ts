/**
 * `ledgerline diff`: what is different between two versions of an actor.
 */
import type { Command } from 'commander';
import type { JsonObject } from '../model/json.ts';
import { actorArgument, actorPath } from './actor-path.ts';
import { Api, type ConnectionFlags } from './api.ts';
import { countOf, explained, type JsonFlag, withConnection, withJson } from './command-options.ts';
import { coloured, type Terminal } from './terminal.ts';

interface Flags extends ConnectionFlags, JsonFlag {
  readonly from?: number;
  readonly to?: number;
}

export function addDiff(program: Command, terminal: Terminal): void {
  const command = program
    .command('diff <actor>')
    .description('show what changed between two versions of an actor, written tenant/kind/id')
    .option('--from <version>', 'the one before --to, unless given', countOf)
    .option('--to <version>', 'the newest, unless given', countOf)
    .action((actor: string, flags: Flags) => diff(terminal, actor, flags));
  explained(withJson(withConnection(command)), [
    ['diff genesys/agent/ksippo', 'what the last record changed'],
    ['diff genesys/agent/ksippo --from 3 --to 17', 'between the third version and the seventeenth'],
  ]);
}

async function diff(terminal: Terminal, text: string, { from, to, json, ...flags }: Flags): Promise<void> {
  const query = { from: from?.toString(), to: to?.toString() };
  const answer = await Api.of(terminal, flags).get(`${actorPath(actorArgument(text))}/diff`, query);
  if (json === true) return terminal.out(JSON.stringify(answer));
  terminal.out(coloured(terminal, 'bold', `version ${answer.from} -> ${answer.to}`));
  const changes = answer.changes as readonly JsonObject[];
  if (changes.length === 0) terminal.out('nothing is different');
  for (const line of changeLines(terminal, changes)) terminal.out(line);
}

/** One line per change: `/context/dnd  false -> true`. */
export function changeLines(terminal: Pick<Terminal, 'colours'>, changes: readonly JsonObject[]): readonly string[] {
  return changes.map(({ path, before, after }) => {
    const was = before === undefined ? '' : coloured(terminal, 'red', JSON.stringify(before));
    const is = after === undefined ? '' : coloured(terminal, 'green', JSON.stringify(after));
    return `  ${path}  ${[was, is].filter((side) => side !== '').join(' -> ')}${after === undefined ? ' (removed)' : ''}${before === undefined ? ' (new)' : ''}`;
  });
}
