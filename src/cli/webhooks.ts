/**
 * `ledgerline webhook`: addresses that are told of a tenant's records. The secret of a new one is printed once, by `add`,
 * alone on standard output.
 */
import type { Command } from 'commander';
import type { JsonObject } from '../model/json.ts';
import { Api, type ConnectionFlags } from './api.ts';
import { type Collection, collectionOf } from './collection.ts';
import { explained, type JsonFlag, withConnection, withJson, withTenant } from './command-options.ts';
import { CliFailure, EXIT } from './exit.ts';
import { tableLines } from './table.ts';
import type { Terminal } from './terminal.ts';

interface Flags extends ConnectionFlags, JsonFlag {
  readonly tenant?: string;
}

interface AddFlags extends Flags {
  readonly id?: string;
  readonly kind?: readonly string[];
  readonly actor?: readonly string[];
  readonly type?: readonly string[];
  readonly description?: string;
}

export function addWebhook(program: Command, terminal: Terminal): void {
  const webhook = program.command('webhook').description('tell addresses of what is recorded');
  const add = webhook
    .command('add <url>')
    .description('register an address; its secret is printed once')
    .option('--id <id>', 'what it is called; else an id is made')
    .option('--kind <kind...>', 'only of these kinds of actors')
    .option('--actor <id...>', 'only of the actors with these ids')
    .option('--type <type...>', 'only of these event types; `ledgerline.agent.*` stands for all that begin so')
    .option('--description <text>', 'what people call it')
    .action((url: string, flags: AddFlags) => register(terminal, url, flags));
  offered(add, [
    ['webhook add https://crm.example/hook --id crm --tenant acme --kind call', 'a CRM that is told of calls'],
  ]);
  const list = webhook.command('list').description('list webhooks, without secrets');
  offered(
    list.action((flags: Flags) => show(terminal, flags)),
    [['webhook list --tenant acme', 'all of a tenant']],
  );
  const test = webhook.command('test <id>').description('send a test event now; 1 when it is not taken');
  offered(
    test.action((id: string, flags: Flags) => tryOut(terminal, id, flags)),
    [['webhook test crm --tenant acme', 'does it answer?']],
  );
  const log = webhook.command('log <id>').description('where it is in the log, its dead letters and newest attempts');
  offered(
    log.action((id: string, flags: Flags) => deliveries(terminal, id, flags)),
    [['webhook log crm --tenant acme', 'what became of each attempt']],
  );
  const redeliver = webhook
    .command('redeliver <id>')
    .description('send again what was recorded after a moment, under the same ids')
    .requiredOption('--since <moment>', 'a log position or an RFC 3339 time')
    .action((id: string, flags: Flags & { readonly since: string }) => again(terminal, id, flags));
  offered(redeliver, [['webhook redeliver crm --tenant acme --since 2026-11-21T08:00:00Z', 'this morning once more']]);
  const rotate = webhook.command('secret <id>').description('make a new secret; the one before is good beside it');
  offered(
    rotate.action((id: string, flags: Flags) => renew(terminal, id, flags)),
    [['webhook secret crm --tenant acme', 'printed once']],
  );
  const remove = webhook.command('remove <id>').description('end a webhook, at once');
  offered(
    remove.action((id: string, flags: Flags) => end(terminal, id, flags)),
    [['webhook remove crm --tenant acme', 'by the id of the list']],
  );
}

function offered(command: Command, examples: Parameters<typeof explained>[1]): void {
  explained(withJson(withConnection(withTenant(command))), examples);
}

async function register(terminal: Terminal, url: string, flags: AddFlags): Promise<void> {
  const { id, kind, actor, type, description } = flags;
  const { api, webhooks } = await webhooksOf(terminal, flags);
  const asked = { url, id, kinds: kind, ids: actor, types: type, description };
  const given = Object.entries(asked).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  secretOf(terminal, (await api.send('POST', webhooks.path, Object.fromEntries(given))).body, flags);
}

async function renew(terminal: Terminal, id: string, flags: Flags): Promise<void> {
  const { api, webhooks } = await webhooksOf(terminal, flags);
  secretOf(terminal, (await api.send('POST', `${webhooks.of(id)}/secret`)).body, flags);
}

function secretOf(terminal: Terminal, body: JsonObject, { json }: Flags): void {
  if (body.secret === undefined) {
    throw new CliFailure(EXIT.failed, `webhook ${body.id}: its secret was lost with the answer; make a new one`);
  }
  if (json !== true) terminal.err(`webhook ${body.id}; this is the only time its secret is shown:`);
  terminal.out(json === true ? JSON.stringify(body) : String(body.secret));
}

async function show(terminal: Terminal, flags: Flags): Promise<void> {
  const { api, webhooks } = await webhooksOf(terminal, flags);
  const found: JsonObject[] = [];
  for await (const item of api.items(webhooks.path)) found.push(item);
  if (flags.json === true) for (const item of found) terminal.out(JSON.stringify(item));
  else if (found.length === 0) terminal.err('none');
  else for (const line of tableLines(terminal, found)) terminal.out(line);
}

async function tryOut(terminal: Terminal, id: string, flags: Flags): Promise<void> {
  const { api, webhooks } = await webhooksOf(terminal, flags);
  const { body } = await api.send('POST', `${webhooks.of(id)}/test`);
  const outcome = body.outcome as JsonObject;
  if (flags.json === true) terminal.out(JSON.stringify(outcome));
  if (outcome.kind !== 'taken') throw new CliFailure(EXIT.failed, `not taken: ${outcome.reason}`, outcome);
  if (flags.json !== true) terminal.out(`taken: ${outcome.status}`);
}

async function deliveries(terminal: Terminal, id: string, flags: Flags): Promise<void> {
  const { api, webhooks } = await webhooksOf(terminal, flags);
  const body = await api.get(`${webhooks.of(id)}/deliveries`);
  if (flags.json === true) return terminal.out(JSON.stringify(body));
  const { position, head, waiting, failures } = body;
  terminal.err(`at ${position} of ${head}; ${waiting} waiting, ${failures} failures in a row`);
  for (const letter of body.dead as readonly JsonObject[]) {
    terminal.out(`${letter.at}  dead    ${letter.position}  ${letter.type}  ${letter.reason}`);
  }
  for (const { at, position: of, type, attempt, outcome } of body.attempts as readonly JsonObject[]) {
    const { kind, status, reason } = outcome as JsonObject;
    terminal.out(
      `${at}  ${kind === 'taken' ? 'taken ' : 'failed'}  ${of ?? '-'}  ${type}  ${reason ?? status} (${attempt})`,
    );
  }
}

async function again(terminal: Terminal, id: string, flags: Flags & { readonly since: string }): Promise<void> {
  const { api, webhooks } = await webhooksOf(terminal, flags);
  const { body } = await api.send('POST', `${webhooks.of(id)}/redeliver`, { since: flags.since });
  terminal.out(flags.json === true ? JSON.stringify(body) : `${id} is sent again what is after ${body.after}`);
}

async function end(terminal: Terminal, id: string, flags: Flags): Promise<void> {
  const { api, webhooks } = await webhooksOf(terminal, flags);
  const { body } = await api.send('DELETE', webhooks.of(id));
  terminal.out(flags.json === true ? JSON.stringify(body) : `removed: ${id}`);
}

async function webhooksOf(
  terminal: Terminal,
  { tenant, ...flags }: Flags,
): Promise<{ readonly api: Api; readonly webhooks: Collection }> {
  const api = Api.of(terminal, flags);
  return { api, webhooks: await collectionOf(api, terminal, 'webhooks', tenant) };
}
