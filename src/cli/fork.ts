/**
 * `ledgerline fork`: what if something else had happened. Nothing is recorded.
 */
import type { Command } from 'commander';
import type { Json, JsonObject } from '../model/json.ts';
import { Api, type ConnectionFlags } from './api.ts';
import { collected, explained, type JsonFlag, withConnection, withJson } from './command-options.ts';
import { changeLines } from './diff.ts';
import { CliFailure, EXIT, wrongUse } from './exit.ts';
import { coloured, type Terminal } from './terminal.ts';

interface Flags extends ConnectionFlags, JsonFlag {
  readonly at: string;
  readonly event?: readonly string[];
  readonly actor?: string;
  readonly upTo?: string;
}

export function addFork(program: Command, terminal: Terminal): void {
  const command = program
    .command('fork <tenant>')
    .description('try what would have happened after other events; nothing is recorded')
    .requiredOption('--at <position>', 'the world as it was after this record')
    .option('--event <kind/id=json>', 'an event to feed; may be repeated', collected)
    .option('--actor <kind/id>', 'this actor alone: feed again what it was fed, and compare nobody else')
    .option('--up-to <position>', 'feed again what happened up to here')
    .action((tenant: string, flags: Flags) => fork(terminal, tenant, flags));
  explained(withJson(withConnection(command)), [
    [`fork genesys --at 120 --event 'agent/ksippo={"type":"setReady"}'`, 'had she been ready'],
    ['fork genesys --at 120 --actor agent/ksippo', 'does history come out the same'],
  ]);
}

async function fork(terminal: Terminal, tenant: string, flags: Flags): Promise<void> {
  const { at, event = [], actor, upTo, json, ...connection } = flags;
  const body: Json = {
    at: positionOf('--at', at),
    events: event.map(eventOf),
    ...(actor === undefined ? {} : { actor: namedOf(actor) }),
    ...(upTo === undefined ? {} : { upTo: positionOf('--up-to', upTo) }),
  };
  const answer = await Api.of(terminal, connection).send(
    'POST',
    `/v1/tenants/${encodeURIComponent(tenant)}/forks`,
    body,
  );
  const { at: from, refused } = answer.body;
  if (json === true) terminal.out(JSON.stringify(answer.body));
  if (refused !== undefined) {
    const { says } = refused as JsonObject;
    throw new CliFailure(EXIT.failed, json === true ? '' : `the events are refused at ${from}: ${says}`);
  }
  if (json === true) return;
  for (const line of reportLines(terminal, answer.body)) terminal.out(line);
}

function* reportLines(terminal: Terminal, { at, upTo, commands, first, ends }: JsonObject): Generator<string> {
  const { same, different, refused: not } = commands as JsonObject;
  yield coloured(
    terminal,
    'bold',
    `from ${at} to ${upTo}: ${same} commands as they were, ${different} otherwise, ${not} refused`,
  );
  if (first === undefined) yield 'history comes out the same';
  else {
    const { position, actor, event, problem, changes } = first as JsonObject;
    yield `first at position ${position}, ${nameOf(actor as JsonObject)} ${event}: ${problem}`;
    yield* changeLines(terminal, changes as readonly JsonObject[]);
  }
  for (const end of ends as readonly JsonObject[]) {
    yield `${nameOf(end)} ends otherwise`;
    yield* changeLines(terminal, end.changes as readonly JsonObject[]);
  }
}

function nameOf({ kind, id }: JsonObject): string {
  return `${kind} ${id}`;
}

function positionOf(flag: string, text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw wrongUse(`${flag} ${text} is no log position`);
}

function namedOf(text: string): { readonly kind: string; readonly id: string } {
  const [, kind, id] = /^([^/]+)\/(.+)$/s.exec(text) ?? [];
  if (kind === undefined || id === undefined) throw wrongUse(`"${text}" is no actor of the tenant: write kind/id`);
  return { kind, id };
}

function eventOf(text: string): JsonObject {
  const split = text.indexOf('=');
  if (split < 0) throw notAnEvent(text);
  try {
    return { ...namedOf(text.slice(0, split)), event: JSON.parse(text.slice(split + 1)) as Json };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw notAnEvent(text);
  }
}

function notAnEvent(text: string): CliFailure {
  return wrongUse(`"${text}" is no event: write kind/id={"type":…}`);
}
