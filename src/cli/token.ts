/**
 * `ledgerline token`: bearer tokens of a tenant. The secret is printed once, by `create`, alone on standard output.
 */
import type { Command } from 'commander';
import { Option } from 'commander';
import { PERMISSIONS } from '../identity/permissions.ts';
import { SCOPES } from '../identity/principal.ts';
import type { JsonObject } from '../model/json.ts';
import { Api, type ConnectionFlags } from './api.ts';
import { collectionOf } from './collection.ts';
import { explained, type JsonFlag, withConnection, withJson, withTenant } from './command-options.ts';
import { CliFailure, EXIT, wrongUse } from './exit.ts';
import { tableLines } from './table.ts';
import type { Terminal } from './terminal.ts';
import { addTokenRecover } from './token-recover.ts';

interface Flags extends ConnectionFlags, JsonFlag {
  readonly tenant?: string;
}

interface CreateFlags extends Flags {
  readonly label?: string;
  readonly user?: string;
  readonly expires?: string;
  readonly scope?: readonly string[];
  readonly extension?: string;
  readonly permission?: readonly string[];
}

export function addToken(program: Command, terminal: Terminal): void {
  const token = program
    .command('token')
    .description('make, list and revoke bearer tokens; make one when the last is lost');
  const make = token
    .command('create')
    .description('make a token; its secret is printed once')
    .addOption(new Option('--scope <scope...>', 'what it is for, in the native API').choices(SCOPES))
    .option('--label <text>', 'what people call it')
    .option('--user <id>', 'acts for this user')
    .option('--extension <id>', 'stands for this extension, towards Contact Center Services')
    .addOption(new Option('--permission <name...>', 'what it may do there').choices(PERMISSIONS))
    .option('--expires <time>', 'RFC 3339; without it, never')
    .action((flags: CreateFlags) => create(terminal, flags));
  explained(withJson(withConnection(withTenant(make))), [
    ['token create --tenant acme --scope read events --label wallboard', 'for a screen on the wall'],
    ['token create --tenant installation --scope admin', 'for everything, in all tenants'],
    [
      'token create --tenant acme --extension 200 --permission API "Agent Control"',
      'a client of Contact Center Services',
    ],
  ]);
  const show = token.command('list').description('list tokens, without secrets');
  show.action((flags: Flags) => list(terminal, flags));
  explained(withJson(withConnection(withTenant(show))), [['token list --tenant acme', 'all of a tenant']]);
  const revoke = token.command('revoke <id>').description('end a token, at once');
  revoke.action((id: string, flags: Flags) => end(terminal, id, flags));
  explained(withJson(withConnection(withTenant(revoke))), [
    ['token revoke 4f1c… --tenant acme', 'by the id of the list'],
  ]);
  addTokenRecover(token, terminal);
}

async function create(terminal: Terminal, flags: CreateFlags): Promise<void> {
  const { label, user, expires, scope, extension, permission } = flags;
  if (scope === undefined && extension === undefined && user === undefined) {
    throw wrongUse('say what the token is for: --scope for the native API, --extension with --permission for CCS');
  }
  const { api, tokens } = await tokensOf(terminal, flags);
  const asked = { label, user, expiresAt: expires, scopes: scope, extension, permissions: permission };
  const { body } = await api.send(
    'POST',
    tokens.path,
    Object.fromEntries(Object.entries(asked).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))),
  );
  if (body.token === undefined) {
    throw new CliFailure(EXIT.failed, `token ${body.id} was made, but its secret was lost with the answer: revoke it`);
  }
  if (flags.json === true) return terminal.out(JSON.stringify(body));
  terminal.err(`token ${body.id}; this is the only time its secret is shown:`);
  terminal.out(String(body.token));
}

async function list(terminal: Terminal, flags: Flags): Promise<void> {
  const { api, tokens } = await tokensOf(terminal, flags);
  const found: JsonObject[] = [];
  for await (const item of api.items(tokens.path)) found.push(item);
  if (flags.json === true) for (const item of found) terminal.out(JSON.stringify(item));
  else if (found.length === 0) terminal.err('none');
  else for (const line of tableLines(terminal, found)) terminal.out(line);
}

async function end(terminal: Terminal, id: string, flags: Flags): Promise<void> {
  const { api, tokens } = await tokensOf(terminal, flags);
  const { body } = await api.send('DELETE', tokens.of(id));
  terminal.out(flags.json === true ? JSON.stringify(body) : `revoked: ${id}`);
}

async function tokensOf(terminal: Terminal, { tenant, ...flags }: Flags) {
  const api = Api.of(terminal, flags);
  return { api, tokens: await collectionOf(api, terminal, 'tokens', tenant) };
}
