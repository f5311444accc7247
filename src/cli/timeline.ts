/**
 * `ledgerline timeline`: what happened to an actor and, for a call or a user, to everybody it touched; or a command, as a tree.
 */
import type { Command } from 'commander';
import type { Transition } from '../model/transition.ts';
import { actorArgument, actorPath } from './actor-path.ts';
import { Api, type ConnectionFlags } from './api.ts';
import { countOf, explained, type JsonFlag, momentOf, withConnection, withJson } from './command-options.ts';
import { wrongUse } from './exit.ts';
import { recordLine } from './record-line.ts';
import type { Terminal } from './terminal.ts';

interface Flags extends ConnectionFlags, JsonFlag {
  readonly limit?: number;
  readonly at?: string;
  readonly command?: true;
}

interface Item {
  readonly tenant: string;
  readonly kind: string;
  readonly id: string;
  readonly position: number;
  readonly record: Transition;
  readonly told?: readonly Item[];
}

const INDENT = '  ';

export function addTimeline(program: Command, terminal: Terminal): void {
  const command = program
    .command('timeline <actor>')
    .description('show the story of an actor, written tenant/kind/id: of a call or a user with everybody it touched')
    .option('--limit <n>', 'the first n records', countOf)
    .option('--at <moment>', 'the story up to a log position or an RFC 3339 time', momentOf)
    .option('--command', 'the argument is a command, written tenant/id: show who told whom')
    .action((actor: string, flags: Flags) => timeline(terminal, actor, flags));
  explained(withJson(withConnection(command)), [
    ['timeline genesys/call/A1', 'a call, its consults and its agents, oldest first'],
    ['timeline genesys/user/ksippo --limit 50', 'a person: his agent, his record, his calls'],
    ['timeline --command genesys/0193f2', 'what one command caused, as a tree'],
  ]);
}

async function timeline(terminal: Terminal, text: string, flags: Flags): Promise<void> {
  const { json, limit = Number.POSITIVE_INFINITY, at, command, ...connection } = flags;
  const api = Api.of(terminal, connection);
  const show = (item: Item, depth = 0) => {
    const { tenant, kind, id, position, record } = item;
    if (json === true) terminal.out(JSON.stringify({ position, record }));
    else terminal.out(INDENT.repeat(depth) + recordLine(terminal, { position, record, actor: { tenant, kind, id } }));
    for (const told of item.told ?? []) show(told, depth + 1);
  };
  if (command === true) {
    const tree = await api.get<{ readonly deliveries: readonly Item[] }>(commandPath(text), { as_of: at });
    for (const item of tree.deliveries) show(item);
    return;
  }
  let left = limit;
  for await (const item of api.items<Item>(`${actorPath(actorArgument(text))}/timeline`, { as_of: at })) {
    if (left-- <= 0) return;
    show(item);
  }
}

function commandPath(text: string): string {
  const [, tenant, id] = /^([^/]+)\/(.+)$/s.exec(text) ?? [];
  if (tenant === undefined || id === undefined) throw wrongUse(`"${text}" is no command: write tenant/id`);
  return `/v1/tenants/${encodeURIComponent(tenant)}/commands/${encodeURIComponent(id)}`;
}
