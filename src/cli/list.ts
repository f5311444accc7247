/**
 * `ledgerline list`: the records of a collection, in the order in which they were created.
 */
import type { Command } from 'commander';
import type { JsonObject } from '../model/json.ts';
import { Api, type ConnectionFlags } from './api.ts';
import { COLLECTION_WORDS, collectionOf } from './collection.ts';
import {
  countOf,
  explained,
  type JsonFlag,
  momentOf,
  withConnection,
  withJson,
  withTenant,
} from './command-options.ts';
import { tableLines } from './table.ts';
import type { Terminal } from './terminal.ts';

interface Flags extends ConnectionFlags, JsonFlag {
  readonly tenant?: string;
  readonly at?: string;
  readonly limit?: number;
}

export function addList(program: Command, terminal: Terminal): void {
  const command = program
    .command('list <collection>')
    .summary('list records of a collection')
    .description(`list records: ${COLLECTION_WORDS}`)
    .option('--at <moment>', 'as of a log position or an RFC 3339 time', momentOf)
    .option('--limit <n>', 'the first n only', countOf)
    .action((collection: string, flags: Flags) => list(terminal, collection, flags));
  explained(withJson(withConnection(withTenant(command))), [
    ['list tenants', 'which tenants there are'],
    ['list queues --tenant genesys', 'the queues of one'],
    ['list users --tenant genesys --json | jq -r .id', 'ids only'],
  ]);
}

async function list(terminal: Terminal, typed: string, { tenant, at, limit, json, ...flags }: Flags): Promise<void> {
  const api = Api.of(terminal, flags);
  const { path } = await collectionOf(api, terminal, typed, tenant);
  const found: JsonObject[] = [];
  for await (const item of api.items(path, { as_of: at })) {
    if (found.length === limit) break;
    found.push(item);
  }
  if (json === true) for (const item of found) terminal.out(JSON.stringify(item));
  else if (found.length === 0) terminal.err('none');
  else for (const line of tableLines(terminal, found)) terminal.out(line);
}
