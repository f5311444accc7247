/**
 * `ledgerline get`: one record of a collection with everything that is known of it.
 */
import type { Command } from 'commander';
import { Api, type ConnectionFlags } from './api.ts';
import { collectionOf } from './collection.ts';
import { explained, type JsonFlag, momentOf, withConnection, withJson, withTenant } from './command-options.ts';
import type { Terminal } from './terminal.ts';

interface Flags extends ConnectionFlags, JsonFlag {
  readonly tenant?: string;
  readonly at?: string;
}

export function addGet(program: Command, terminal: Terminal): void {
  const command = program
    .command('get <collection> <id>')
    .summary('show one record, now or as it was')
    .description('show one record, now or as it was')
    .option('--at <moment>', 'as of a log position or an RFC 3339 time', momentOf)
    .action(async (collection: string, id: string, { tenant, at, json, ...flags }: Flags) => {
      const api = Api.of(terminal, flags);
      const { of } = await collectionOf(api, terminal, collection, tenant);
      terminal.out(JSON.stringify(await api.get(of(id), { as_of: at }), undefined, json === true ? undefined : 2));
    });
  explained(withJson(withConnection(withTenant(command))), [
    ['get queues callback --tenant genesys', 'a queue'],
    ['get users ksippo --tenant genesys --at 2026-11-21T09:00:00Z', 'a user as she was at nine o’clock'],
  ]);
}
