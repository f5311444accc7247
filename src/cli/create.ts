/**
 * `ledgerline create`: a new record of a collection.
 */
import type { Command } from 'commander';
import { Api, type ConnectionFlags } from './api.ts';
import { ApiDocument } from './api-document.ts';
import { ATTRIBUTE_WORDS, attributesFrom } from './attribute-arguments.ts';
import { COLLECTION_WORDS, collectionOf } from './collection.ts';
import { explained, type JsonFlag, withConnection, withJson, withTenant } from './command-options.ts';
import type { Terminal } from './terminal.ts';

interface Flags extends ConnectionFlags, JsonFlag {
  readonly tenant?: string;
  readonly commandId?: string;
}

export function addCreate(program: Command, terminal: Terminal): void {
  const command = program
    .command('create <collection> [attributes...]')
    .summary('create a record')
    .description(`create a record: ${COLLECTION_WORDS}. ${ATTRIBUTE_WORDS}`)
    .option('--command-id <id>', 'the same id creates once, however often it is sent')
    .action((collection: string, words: readonly string[], flags: Flags) => create(terminal, collection, words, flags));
  explained(withJson(withConnection(withTenant(command))), [
    ['create tenants id=acme name="Acme Ltd"', 'a tenant'],
    ['create extensions --tenant acme id=200 number=200 user=ann isAgent=true', 'an extension'],
    ['create agents --tenant acme id=ann line=200', 'an agent who works on it'],
    [
      'create users --tenant acme id=ann firstName=Ann lastName=Archer roles=agent agent=ann extensions=200',
      'the person behind it',
    ],
    ['create users/ann/credentials --tenant acme dialect=gws name=ann password=@secret.txt', 'how she signs in'],
    [`create queues --tenant acme id=support name=support extension=800 members:='[{"agent":"ann"}]'`, 'a queue'],
  ]);
}

async function create(
  terminal: Terminal,
  typed: string,
  words: readonly string[],
  { tenant, commandId, json, ...flags }: Flags,
): Promise<void> {
  const api = Api.of(terminal, flags);
  const { path } = await collectionOf(api, terminal, typed, tenant);
  const document = await ApiDocument.fetch(api);
  const attributes = await attributesFrom(terminal, words, document.attributesAt(path));
  const { body, repeated } = await api.send('POST', path, attributes, commandId);
  if (json === true) terminal.out(JSON.stringify(body));
  else terminal.out(`${repeated ? 'was there already' : 'created'}: ${typed}/${body.id}`);
}
