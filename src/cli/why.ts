/**
 * `ledgerline why`: why an actor is as it is, in one sentence, and the records that prove it.
 */
import type { Command } from 'commander';
import type { Transition } from '../model/transition.ts';
import { actorArgument, actorPath } from './actor-path.ts';
import { Api, type ConnectionFlags } from './api.ts';
import { explained, type JsonFlag, momentOf, withConnection, withJson } from './command-options.ts';
import { coloured, type Terminal } from './terminal.ts';

interface Flags extends ConnectionFlags, JsonFlag {
  readonly at?: string;
}

interface Proof {
  readonly position: number;
  readonly kind: string;
  readonly id: string;
  readonly says: string;
  readonly record: Transition;
}

interface Answer {
  readonly sentence: string;
  readonly besides: readonly string[];
  /** Oldest first. */
  readonly chain: readonly Proof[];
}

const POSITION_WIDTH = 7;

export function addWhy(program: Command, terminal: Terminal): void {
  const command = program
    .command('why <actor>')
    .description('say why an actor, written tenant/kind/id, is as it is')
    .option('--at <moment>', 'why it was so at a log position or an RFC 3339 time', momentOf)
    .action((actor: string, flags: Flags) => why(terminal, actor, flags));
  explained(withJson(withConnection(command)), [
    ['why genesys/agent/ksippo', 'why the agent is not ready'],
    ['why genesys/agent/ksippo --at 2026-11-21T10:15:00Z', 'why she was not at a quarter past ten'],
    ['why genesys/call/A1 --json | jq -r .sentence', 'why a call ended'],
  ]);
}

async function why(terminal: Terminal, text: string, { at, json, ...flags }: Flags): Promise<void> {
  const path = `${actorPath(actorArgument(text))}/why`;
  const answer = await Api.of(terminal, flags).get<Answer>(path, { as_of: at });
  if (json === true) return terminal.out(JSON.stringify(answer));
  terminal.out(coloured(terminal, 'bold', answer.sentence));
  for (const fact of answer.besides) terminal.out(fact);
  for (const link of answer.chain) terminal.out(proofLine(terminal, link));
}

function proofLine(terminal: Terminal, { position, kind, id, says, record }: Proof): string {
  const at = coloured(terminal, 'dim', `${String(position).padStart(POSITION_WIDTH)}  ${record.time}`);
  return `${at}  ${coloured(terminal, 'cyan', `${kind} ${id}`)}  ${says}`;
}
