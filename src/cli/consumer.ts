/**
 * `ledgerline consumer`: NATS consumers for programs outside. The seed of a new one's key is printed once, by `add`, alone
 * on standard output; what its owner must know beside it goes to standard error.
 */
import type { Command } from 'commander';
import type { JsonObject } from '../model/json.ts';
import { Api, type ConnectionFlags } from './api.ts';
import { countOf, explained, type JsonFlag, withConnection, withJson } from './command-options.ts';
import { tableLines } from './table.ts';
import type { Terminal } from './terminal.ts';

interface Flags extends ConnectionFlags, JsonFlag {}

interface AddFlags extends Flags {
  readonly kinds?: string;
  readonly from?: string;
  readonly inFlight?: number;
  readonly accounts?: true;
}

export function addConsumer(program: Command, terminal: Terminal): void {
  const consumer = program.command('consumer').description('let programs outside read a tenant’s records from NATS');
  const add = consumer
    .command('add <tenant> <name>')
    .description('make a durable consumer with credentials of its own; the seed of its key is printed once')
    .option('--kinds <kinds>', 'only of these kinds of actors, separated by commas')
    .option('--from <moment>', 'begin after a log position (0: the first record) or an RFC 3339 time; else now')
    .option('--in-flight <n>', 'records on their way at a time (1000)', countOf)
    .option('--accounts', 'print the account configuration that an outside cluster needs, instead of how to read')
    .action((tenant: string, name: string, flags: AddFlags) => make(terminal, tenant, name, flags));
  explained(withJson(withConnection(add)), [
    ['consumer add acme board --kinds agent,queue', 'for a wallboard, from now on'],
    ['consumer add acme archive --from 0 > archive.nk', 'for an archive, from the first record on'],
  ]);
  const list = consumer.command('list <tenant>').description('list consumers and how far each is');
  list.action((tenant: string, flags: Flags) => show(terminal, tenant, flags));
  explained(withJson(withConnection(list)), [['consumer list acme', 'all of a tenant']]);
  const rewind = consumer
    .command('rewind <tenant> <name> <moment>')
    .description('deliver again from after a log position or time')
    .action((tenant: string, name: string, from: string, flags: Flags) => again(terminal, [tenant, name, from], flags));
  explained(withJson(withConnection(rewind)), [['consumer rewind acme archive 0', 'everything once more']]);
  const remove = consumer.command('remove <tenant> <name>').description('end a consumer and its connections');
  remove.action((tenant: string, name: string, flags: Flags) => end(terminal, tenant, name, flags));
  explained(withJson(withConnection(remove)), [['consumer remove acme board', 'at once']]);
}

function pathOf(tenant: string, ...rest: readonly string[]): string {
  return ['', 'v1', 'tenants', tenant, 'consumers', ...rest].map(encodeURIComponent).join('/');
}

async function make(terminal: Terminal, tenant: string, name: string, flags: AddFlags): Promise<void> {
  const { kinds, from, inFlight, accounts, json } = flags;
  const { body } = await Api.of(terminal, flags).send('POST', pathOf(tenant), {
    name,
    ...(kinds === undefined ? {} : { kinds: kinds.split(',').map((kind) => kind.trim()) }),
    ...(from === undefined ? {} : { from }),
    ...(inFlight === undefined ? {} : { inFlight }),
  });
  if (json === true) return terminal.out(JSON.stringify(body));
  for (const line of accounts === true ? [String(body.accounts)] : howTo(body)) terminal.err(line);
  terminal.err('the seed of its key; this is the only time it is shown:');
  terminal.out(String(body.seed));
}

function howTo({ resume, live, after }: JsonObject): readonly string[] {
  return [
    `every record after position ${after}, in order, again until acknowledged: ask ${resume} where to subscribe (docs/consumers.md has the ten lines)`,
    `live records, not repeated: subscribe to ${(live as readonly string[]).join(', ')}`,
  ];
}

async function show(terminal: Terminal, tenant: string, flags: Flags): Promise<void> {
  const { items } = await Api.of(terminal, flags).get(pathOf(tenant));
  const found = items as readonly JsonObject[];
  if (flags.json === true) for (const item of found) terminal.out(JSON.stringify(item));
  else if (found.length === 0) terminal.err('none');
  else for (const line of tableLines(terminal, found.map(row))) terminal.out(line);
}

function row({ name, kinds, progress }: JsonObject): JsonObject {
  const { acknowledged = 'lost: rewind it', waiting = null } = (progress ?? {}) as JsonObject;
  return { id: name ?? '', kinds: (kinds as readonly string[]).join(',') || 'all', acknowledged, waiting };
}

async function again(
  terminal: Terminal,
  [tenant, name, from]: readonly [string, string, string],
  flags: Flags,
): Promise<void> {
  const { body } = await Api.of(terminal, flags).send('POST', pathOf(tenant, name, 'rewind'), { from });
  terminal.out(flags.json === true ? JSON.stringify(body) : `${name} goes on after ${body.after}`);
}

async function end(terminal: Terminal, tenant: string, name: string, flags: Flags): Promise<void> {
  const { body } = await Api.of(terminal, flags).send('DELETE', pathOf(tenant, name));
  terminal.out(flags.json === true ? JSON.stringify(body) : `removed: ${name}`);
}
