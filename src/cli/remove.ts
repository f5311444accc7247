/**
 * `ledgerline remove`: ends a record. Its history stays, and its id is never used again.
 */
import type { Command } from 'commander';
import { Api, type ConnectionFlags } from './api.ts';
import { collectionOf } from './collection.ts';
import { explained, type JsonFlag, withConnection, withJson, withTenant } from './command-options.ts';
import { wrongUse } from './exit.ts';
import type { Terminal } from './terminal.ts';

interface Flags extends ConnectionFlags, JsonFlag {
  readonly tenant?: string;
}

export function addRemove(program: Command, terminal: Terminal): void {
  const command = program
    .command('remove <collection> <id>')
    .description('remove a record; its history stays, its id is never used again')
    .action(async (collection: string, id: string, { tenant, json, ...flags }: Flags) => {
      if (collection === 'tenants') {
        throw wrongUse(`a tenant cannot be removed; \`ledgerline change tenants ${id} enabled=false\` shuts it`);
      }
      const api = Api.of(terminal, flags);
      const { of } = await collectionOf(api, terminal, collection, tenant);
      const { body } = await api.send('DELETE', of(id));
      terminal.out(json === true ? JSON.stringify(body) : `removed: ${collection}/${id}`);
    });
  explained(withJson(withConnection(withTenant(command))), [
    ['remove skills K2 --tenant genesys', 'a skill'],
    ['remove users/ann/credentials 4f1c… --tenant acme', 'a way to sign in'],
  ]);
}
