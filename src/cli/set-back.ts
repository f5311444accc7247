/**
 * `ledgerline set-back`: an actor whose last records nobody can go on from is what he was before them. By a record in the log,
 * for everybody to see; nothing is taken out. While no server runs, since nobody else may decide meanwhile.
 */
import type { Command } from 'commander';
import type { SetBackOutcome } from '../actors/set-back.ts';
import { type ActorId, formatActor } from '../model/actor-id.ts';
import { actorArgument } from './actor-path.ts';
import { countOf, explained, type JsonFlag, withJson } from './command-options.ts';
import { CliFailure, EXIT } from './exit.ts';
import { onLedger } from './offline.ts';
import type { Terminal } from './terminal.ts';

interface Flags extends JsonFlag {
  readonly reason: string;
}

export function addSetBack(program: Command, terminal: Terminal): void {
  const command = program
    .command('set-back <actor>')
    .description('have an actor be again what it was at a version, by a record; no server may be running on the folder')
    .argument('<version>', 'of the last record that can be believed', countOf)
    .requiredOption('--reason <text>', 'why; it stands in the log')
    .action((actor: string, version: number, flags: Flags) => back(terminal, actorArgument(actor), version, flags));
  explained(withJson(command), [
    [
      'set-back acme/agent/ann 7 --reason "version 8 was forged"',
      'ann is what she was at version 7, and takes commands again',
    ],
  ]);
}

async function back(terminal: Terminal, actor: ActorId, version: number, { reason, json }: Flags): Promise<void> {
  const done = await onLedger(terminal, ({ runtime }) => runtime.setBack({ actor, version, reason }), { quiet: true });
  const { position, version: reached } = recordOf(done);
  if (json === true)
    terminal.out(JSON.stringify({ actor: formatActor(actor), version: reached, position, is: version }));
  else
    terminal.out(
      `${formatActor(actor)} is at version ${reached}, position ${position}, what it was at version ${version}`,
    );
}

function recordOf(done: SetBackOutcome): { readonly version: number; readonly position: number } {
  if (done.kind === 'refused') throw new CliFailure(EXIT.failed, done.problem, { code: 'notSetBack' });
  const { version, outcome } = done;
  if (outcome.kind === 'committed') return { version, position: outcome.first };
  const message =
    'the log did not acknowledge the record: see by `verify` whether it holds it, else repeat the command';
  throw new CliFailure(EXIT.unavailable, message, { code: outcome.kind });
}
