/**
 * `ledgerline change`: other attributes for a record; the ones that are not named stay.
 */
import type { Command } from 'commander';
import { Api, type ConnectionFlags } from './api.ts';
import { ApiDocument } from './api-document.ts';
import { ATTRIBUTE_WORDS, attributesFrom } from './attribute-arguments.ts';
import { collectionOf } from './collection.ts';
import { collected, explained, type JsonFlag, withConnection, withJson, withTenant } from './command-options.ts';
import { wrongUse } from './exit.ts';
import type { Terminal } from './terminal.ts';

interface Flags extends ConnectionFlags, JsonFlag {
  readonly tenant?: string;
  readonly unset?: readonly string[];
}

export function addChange(program: Command, terminal: Terminal): void {
  const command = program
    .command('change <collection> <id> [attributes...]')
    .summary('change a record')
    .description(`change a record. ${ATTRIBUTE_WORDS}`)
    .option('--unset <name>', 'take an attribute away; may be repeated', collected)
    .action((collection: string, id: string, words: readonly string[], flags: Flags) =>
      change(terminal, { collection, id, words }, flags),
    );
  explained(withJson(withConnection(withTenant(command))), [
    ['change queues support --tenant acme isClosed=true', 'close a queue'],
    ['change users ann --tenant acme emailAddress=ann@example.org --unset agentNumber', 'one thing more, one less'],
  ]);
}

interface Asked {
  readonly collection: string;
  readonly id: string;
  readonly words: readonly string[];
}

async function change(terminal: Terminal, asked: Asked, { tenant, unset = [], json, ...flags }: Flags): Promise<void> {
  const { collection, id, words } = asked;
  const api = Api.of(terminal, flags);
  const { path, of } = await collectionOf(api, terminal, collection, tenant);
  const document = await ApiDocument.fetch(api);
  const patch = {
    ...(await attributesFrom(terminal, words, document.attributesAt(path))),
    ...Object.fromEntries(unset.map((name) => [name, null])),
  };
  if (Object.keys(patch).length === 0) throw wrongUse('say what to change: name=value, or --unset name');
  const { body } = await api.send('PATCH', of(id), patch);
  terminal.out(json === true ? JSON.stringify(body) : `changed: ${collection}/${id}`);
}
