/**
 * `ledgerline state`: what one actor is, now or at any past moment.
 */
import type { Command } from 'commander';
import type { Json } from '../model/json.ts';
import type { StateValue } from '../model/transition.ts';
import { actorArgument, actorPath } from './actor-path.ts';
import { Api, type ConnectionFlags } from './api.ts';
import { explained, type JsonFlag, momentOf, withConnection, withJson } from './command-options.ts';
import { changeText } from './record-line.ts';
import { coloured, type Terminal } from './terminal.ts';

interface Flags extends ConnectionFlags, JsonFlag {
  readonly at?: string;
}

export function addState(program: Command, terminal: Terminal): void {
  const command = program
    .command('state <actor>')
    .description('show the state of an actor, written tenant/kind/id')
    .option('--at <moment>', 'as of a log position or an RFC 3339 time', momentOf)
    .action((actor: string, flags: Flags) => state(terminal, actor, flags));
  explained(withJson(withConnection(command)), [
    ['state genesys/agent/ksippo', 'what the agent is now'],
    ['state genesys/agent/ksippo --at 2026-11-21T09:00:00Z', 'what she was at nine o’clock'],
    ['state genesys/agent/ksippo --at 120', 'what she was when the log had 120 records'],
  ]);
}

async function state(terminal: Terminal, text: string, { at, json, ...flags }: Flags): Promise<void> {
  const answer = await Api.of(terminal, flags).get(actorPath(actorArgument(text)), { as_of: at });
  if (json === true) return terminal.out(JSON.stringify(answer));
  const { tenant, kind, id, version, position, time, value, context, timers, done } = answer;
  const row = (name: string, shown: Json | undefined) => {
    if (shown !== undefined) terminal.out(`${coloured(terminal, 'dim', name.padEnd(9))} ${shown}`);
  };
  row('actor', `${tenant}/${kind}/${id}`);
  row('state', changeText(null, value as StateValue) + (done === true ? ' (ended)' : ''));
  row('since', `${time}, position ${position}, version ${version}`);
  for (const timer of (timers ?? []) as readonly { readonly name: string; readonly due: number }[]) {
    row('timer', `${timer.name}, due ${new Date(timer.due).toISOString()}`);
  }
  row('context', '');
  terminal.out(JSON.stringify(context, undefined, 2));
}
