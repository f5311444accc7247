/**
 * `ledgerline tail`: records as they happen. When the server goes away it waits for it and goes on after the last record
 * it has shown, so nothing is missed and nothing shown twice.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import { type Frame, framesOf } from '../client/event-frames.ts';
import type { Transition } from '../model/transition.ts';
import { Api, ApiRefusal, type ConnectionFlags } from './api.ts';
import { collected, countOf, explained, type JsonFlag, momentOf, withConnection, withJson } from './command-options.ts';
import { CliFailure, EXIT } from './exit.ts';
import { actorOfSource, recordLine } from './record-line.ts';
import type { Terminal } from './terminal.ts';

interface Flags extends ConnectionFlags, JsonFlag {
  readonly tenant?: string;
  readonly kind?: readonly string[];
  readonly id?: readonly string[];
  readonly type?: readonly string[];
  readonly since?: string;
  readonly limit?: number;
}

const RETRY_MS_FIRST = 100;
const RETRY_MS_MAX = 5_000;

export function addTail(program: Command, terminal: Terminal): void {
  const command = program
    .command('tail')
    .description('show records as they happen; Ctrl-C ends it')
    .option('--tenant <name>', 'only of this tenant')
    .option('--kind <kind>', 'only of this kind of actor; may be repeated', collected)
    .option('--id <id>', 'only of the actor with this id; may be repeated', collected)
    .option('--type <type>', 'only of this event type, such as ledgerline.agent.setReady; may be repeated', collected)
    .option('--since <moment>', 'begin after a log position (0: the first record) or an RFC 3339 time', momentOf)
    .option('--limit <n>', 'end after n records', countOf)
    .action((flags: Flags) => tail(terminal, flags));
  explained(withJson(withConnection(command)), [
    ['tail', 'everything from now on'],
    ['tail --tenant genesys --kind agent --since 0', 'the agents of a tenant, from the first record on'],
    ['tail --json | jq -c .record.data.cause', 'who causes what'],
  ]);
}

async function tail(terminal: Terminal, { limit, json, since, ...flags }: Flags): Promise<void> {
  const api = Api.of(terminal, flags);
  if (flags.tenant !== undefined) await assertThere(api, flags.tenant);
  let last = since ?? String((await api.get('/healthz')).position);
  let left = limit ?? Number.POSITIVE_INFINITY;
  let pauseMs = RETRY_MS_FIRST;
  let wasOpen = false;
  while (left > 0) {
    try {
      const pieces = await api.stream(pathOf(flags, last));
      wasOpen = true;
      pauseMs = RETRY_MS_FIRST;
      for await (const frame of framesOf(pieces)) {
        show(terminal, frame, json === true);
        last = frame.id;
        left -= 1;
        if (left === 0) return;
      }
    } catch (error) {
      if (!wasOpen || isFinal(error)) throw error;
    }
    terminal.err(`the server has gone; trying again in ${pauseMs} ms`);
    await delay(pauseMs);
    pauseMs = Math.min(pauseMs * 2, RETRY_MS_MAX);
  }
}

/** Nothing would ever be told of a tenant that is not there. A token that may follow events alone cannot ask. */
async function assertThere(api: Api, tenant: string): Promise<void> {
  await api.get(`/v1/tenants/${encodeURIComponent(tenant)}`).catch((error: unknown) => {
    if (!(error instanceof ApiRefusal) || error.status === 404) throw error;
  });
}

/** Refused for good: waiting changes nothing. */
function isFinal(error: unknown): boolean {
  if (error instanceof ApiRefusal) return error.exitCode !== EXIT.unavailable;
  return error instanceof CliFailure && error.exitCode === EXIT.usage;
}

function pathOf({ tenant, kind, id, type }: Omit<Flags, 'since'>, since: string): string {
  const query = new URLSearchParams({ since });
  if (tenant !== undefined) query.set('tenant', tenant);
  for (const [name, values] of Object.entries({ kind, id, type }))
    for (const value of values ?? []) query.append(name, value);
  return `/v1/events?${query}`;
}

function show(terminal: Terminal, { id, data }: Frame, asJson: boolean): void {
  if (asJson) {
    terminal.out(`{"position":${id},"record":${data}}`);
    return;
  }
  const record = JSON.parse(data) as Transition;
  const actor = actorOfSource(record.source);
  terminal.out(recordLine(terminal, { position: Number(id), record, ...(actor === undefined ? {} : { actor }) }));
}
