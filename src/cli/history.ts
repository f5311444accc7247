/**
 * `ledgerline history`: what happened to one actor, oldest first.
 */
import type { Command } from 'commander';
import type { Transition } from '../model/transition.ts';
import { actorArgument, actorPath } from './actor-path.ts';
import { Api, type ConnectionFlags } from './api.ts';
import { countOf, explained, type JsonFlag, momentOf, withConnection, withJson } from './command-options.ts';
import { recordLine } from './record-line.ts';
import type { Terminal } from './terminal.ts';

interface Flags extends ConnectionFlags, JsonFlag {
  readonly limit?: number;
  readonly all?: true;
  readonly since?: string;
}

interface Item {
  readonly position: number;
  readonly record: Transition;
}

const LIMIT = 20;
const PAGE_MAX = 1000;

export function addHistory(program: Command, terminal: Terminal): void {
  const command = program
    .command('history <actor>')
    .description('show what happened to an actor, written tenant/kind/id')
    .option('--limit <n>', `the newest n records (default ${LIMIT})`, countOf)
    .option('--all', 'from the first record on')
    .option('--since <moment>', 'records after a log position, or from an RFC 3339 time on', momentOf)
    .action((actor: string, flags: Flags) => history(terminal, actor, flags));
  explained(withJson(withConnection(command)), [
    ['history genesys/agent/ksippo', 'the last twenty things that happened to an agent'],
    ['history genesys/agent/ksippo --all --json | jq .record.data.cause', 'who caused each of them'],
    ['history genesys/agent/ksippo --since 2026-11-21T09:00:00Z', 'since nine o’clock'],
  ]);
}

async function history(terminal: Terminal, text: string, { limit, all, since, json, ...flags }: Flags): Promise<void> {
  const path = `${actorPath(actorArgument(text))}/history`;
  const api = Api.of(terminal, flags);
  const isWanted = since === undefined ? () => true : isAfter(since);
  const fromStart = all === true || since !== undefined;
  const items = fromStart ? api.items<Item>(path) : await newest(api, path, limit ?? LIMIT);
  let left = limit ?? Number.POSITIVE_INFINITY;
  for await (const item of items) {
    if (!isWanted(item)) continue;
    if (left-- <= 0) break;
    terminal.out(json === true ? JSON.stringify(item) : recordLine(terminal, item));
  }
}

async function newest(api: Api, path: string, count: number): Promise<readonly Item[]> {
  const found: Item[] = [];
  for await (const item of api.items<Item>(path, { order: 'desc', limit: String(Math.min(count, PAGE_MAX)) })) {
    found.push(item);
    if (found.length === count) break;
  }
  return found.reverse();
}

function isAfter(since: string): (item: Item) => boolean {
  if (/^\d+$/.test(since)) return ({ position }) => position > Number(since);
  const time = Date.parse(since);
  return ({ record }) => Date.parse(record.time) >= time;
}
